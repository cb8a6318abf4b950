-- What can be called (a table with __call) is as good as a function, for the task face too.
local function callable(label)
  return setmetatable({}, { __call = function(_, ...) print(label .. ":", ...) end })
end
task.spawn(callable "called", "yes", nil, 3)
task.defer(callable "deferred", "yes")
task.delay(1, callable "delayed", "yes")
