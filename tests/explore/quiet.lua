-- As many tasks as are asked for, which do nothing.
local neap = require "neap"
local tasks = {}
for i = 1, tonumber((...)) do tasks[i] = neap.spawn(print, i) end
neap.settle(tasks)
