-- A user's coroutine inside a task belongs to that task, until it waits and becomes its own task.
local neap = require "neap"

local main = neap.current()
local resumed = coroutine.wrap(function()
  print("before its first wait", neap.current() == main)
  coroutine.yield()
  print("after a plain yield", neap.current() == main)
  neap.sleep(1)
  print("after its first wait", neap.current() == main, neap.current() ~= nil)
  print("the same inside pcall", pcall(function()
    return neap.current() == main
  end))
end)
resumed()
resumed()
print("main goes on while the coroutine sleeps")
neap.sleep(2)
print("main is itself", neap.current() == main)
