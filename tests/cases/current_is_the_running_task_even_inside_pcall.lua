-- current() is the same object at every depth of pcall, before and after a wait.
local neap = require "neap"

local job
job = neap.spawn(function()
  print("in the task", neap.current() == job)
  print("in pcall", pcall(function()
    local before = neap.current() == job
    neap.sleep(1)
    return before, neap.current() == job
  end))
  print("in pcall in xpcall", xpcall(function(...)
    return pcall(function(...)
      neap.yield()
      return neap.current() == job, ...
    end, ...)
  end, print, "an argument"))
  print("after a caught error", pcall(function()
    neap.yield()
    error("caught", 0)
  end))
  print("in the task", neap.current() == job)
end)
local main = neap.current()
job:wait()
print("in main again", neap.current() == main, main ~= job)
