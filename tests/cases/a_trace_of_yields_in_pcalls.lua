-- A yield is traced the same on every Lua, in a pcall or not: the run is over when the next one
-- begins, or the tick has ended. What others wait for may end before that.
local neap = require "neap"
local trace = require "neap.trace"

local recording = trace.start { json = function(text) print((text:match "^%s*(.-)%s*$")) end }
neap.pcall(function()
  neap.yield()
  for _ = 1, 2 do
    neap.spawn(neap.sleep, 0)
    neap.yield()
    neap.pcall(neap.yield)
  end
end)
recording:stop()
