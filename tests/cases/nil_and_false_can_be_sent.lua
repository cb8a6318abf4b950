-- nil and false are values like others: only the second result tells that a channel is closed.
local neap = require "neap"

local function show(label, ...)
  print(label, select("#", ...) .. " results:", ...)
end

local kept = neap.channel(3)
print("sent", kept:send(nil), kept:try_send(false), kept:send(nil))
print("kept: " .. kept:len())
show("received", kept:wait())
show("received", kept:try_recv())
show("received", kept:wait())
show("tried", kept:try_recv())

local handed = neap.channel(0)
neap.spawn(function() print("handed over", handed:send(nil)) end)
show("from a waiting sender", handed:wait())
neap.spawn(function() show("by a waiting receiver", handed:wait()) end)
neap.yield()
handed:send(nil)
neap.yield()

neap.spawn(function() handed:send(nil) end)
print("by select", neap.select { neap.future(), handed })
kept:send(nil)
kept:close()
local count = 0
kept:each(function(value) count = count + 1 print("each", value) end)
print("calls: " .. count)
