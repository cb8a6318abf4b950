-- The first line of a dump says how many tasks it lists, one that has just begun included.
local neap = require "neap"
local lines = {}
local function dump()
  lines = {}
  neap.dump(function(line) lines[#lines + 1] = line end)
  print(lines[1], #lines - 1)
end

dump()
task.spawn(dump)
task.spawn(function()
  task.spawn(dump)
  dump()
end)
task.defer(dump)
dump()
neap.sleep(1)
