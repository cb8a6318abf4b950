-- run wants a function, use wants a host; neither may be called while tasks run.
local neap = require "neap"

local function caught(fn)
  print((select(2, pcall(fn))))
end

caught(function() neap.run() end)
caught(function() neap.run("main.lua") end)
caught(function() neap.run(print) end)
caught(function() neap.step() end)
caught(function() neap.use() end)
caught(function() neap.use({}) end)
caught(function() neap.use({ now = 5 }) end)
caught(function() neap.use({ now = function() return 0 end, sleep = 5 }) end)
caught(function() neap.use({ now = function() return 0 end, pending = true }) end)
caught(function() neap.use({ now = function() return 0 end, shared = "yes" }) end)
caught(function() neap.use({ now = function() return 0 end, wake = true }) end)
caught(function() neap.use({ now = function() return "noon" end }) end)
caught(function() neap.use({ now = function() return 0 end }) end)
print(("the clock is the same: %g"):format(neap.sleep(1)))
