-- Receivers of an empty channel and senders to a full one wake when it is closed, in order.
local neap = require "neap"

local empty = neap.channel(1)
for i = 1, 2 do
  neap.spawn(function() print("receiver " .. i, empty:wait()) end)
end
neap.spawn(function()
  empty:each(error)
  print("each has returned")
end)
neap.spawn(function() print("select", neap.select { neap.future(), empty }) end)
neap.yield()
print("close the empty one")
empty:close()
neap.yield()

local full = neap.channel(1)
full:send("kept")
for i = 1, 2 do
  neap.spawn(function() print("sender " .. i, full:send("value " .. i)) end)
end
neap.spawn(function() print("select, sending", neap.select { full:sending("value 3") }) end)
neap.yield()
print("close the full one")
full:close()
neap.yield()
print("only what was kept is received", full:wait())
print("then", full:wait())
