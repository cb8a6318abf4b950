-- As many tasks as are asked for, which do nothing; and then so many ticks.
local neap = require "neap"
local count, ticks = ...
local tasks = {}
for i = 1, tonumber(count) do tasks[i] = neap.spawn(print, i) end
neap.settle(tasks)
for _ = 1, tonumber(ticks) or 0 do neap.yield() end
