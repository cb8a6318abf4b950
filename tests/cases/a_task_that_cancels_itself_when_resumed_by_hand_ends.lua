-- A task of the task face that its user resumes, and that cancels itself then: it ends when its
-- function returns, or when it yields again, with its finalizers, and leaves nothing behind.
local neap = require "neap"

local function try(name, has_finalizer, epilogue)
  local thread
  thread = task.spawn(function()
    if has_finalizer then neap.finally(print, name, "its finalizer") end
    coroutine.yield()
    print(name, "cancels itself", task.cancel(thread))
    epilogue()
    print(name, "goes on to its end")
  end)
  coroutine.resume(thread)
  neap.sleep(1)
  print(name, "can be cancelled", task.cancel(thread))
  print(name, "left", #neap.tasks() - 1)
end

try("returns", true, function() end)
try("yields", true, coroutine.yield)
try("returns, bare", false, function() end)
try("yields, bare", false, coroutine.yield)
