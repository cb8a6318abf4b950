-- A recording in the Trace Event Format: an event a line, written when what it tells of is over.
local neap = require "neap"
local trace = require "neap.trace"

local recording = trace.start { json = function(text) print((text:match "^%s*(.-)%s*$")) end }
local lock, boats = neap.mutex(), neap.channel(0)

local pilot = neap.spawn(function()
  lock:with(neap.sleep, "20ms")
  boats:send("ferry")
end):name("pilot")
neap.spawn(function()
  lock:with(neap.yield)
end)
print(boats:recv())
neap.sleep("5ms")
pilot:wait()

print(recording:stop(), recording:stop())
neap.sleep("1s")
