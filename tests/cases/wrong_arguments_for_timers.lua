-- A wrong duration is refused at the line of the call, before anything waits.
local neap = require "neap"

local function caught(fn)
  print((select(2, pcall(fn)):match("^(.-) %(")))
end

caught(function() neap.sleep("soon") end)
caught(function() neap.sleep() end)
caught(function() neap.timer("soon") end)
caught(function() neap.timer({}) end)
caught(function() neap.interval("soon") end)
caught(function() neap.interval(0) end)
caught(function() neap.interval(-1) end)
caught(function() neap.select({ neap.future() }, "soon") end)
local job = neap.spawn(function() neap.sleep("soon") end)
caught(function() job:wait() end)
