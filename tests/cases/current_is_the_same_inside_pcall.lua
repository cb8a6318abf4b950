-- Inside a pcall the task and its coroutine are the same as outside, before and after a wait.
local neap = require "neap"
local function check(where)
  local t, thread = neap.current(), coroutine.running()
  local function same()
    return neap.current() == t, coroutine.running() == thread
  end
  print(where .. ":", same())
  print("  in pcall:", pcall(same))
  print("  after a wait:", pcall(function()
    neap.sleep(1)
    return same()
  end))
  print("  nested:", select(2, pcall(pcall, pcall, same)))
  print("  outside again:", same())
end
check("script")
neap.spawn(check, "task"):wait()
task.spawn(check, "thread of the task face")
