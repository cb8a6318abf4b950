-- A coroutine that the user made is a task of its own from its first wait on. If that is a map's,
-- the jobs belong to the coroutine: they end with it, not with the task that resumed it.
local neap = require "neap"

local pool = neap.pool(2)

local function in_coroutine(what)
  local thread = coroutine.create(function()
    local lengths = pool:map({ "a", "bb", "ccc" }, function(item)
      neap.finally(print, what, item, "is closed")
      neap.sleep(2)
      return #item
    end)
    print(what, "gives", lengths[1], lengths[2], lengths[3])
  end)
  coroutine.resume(thread)
  return thread
end

local outer = neap.spawn(function()
  in_coroutine("the first")
  print("outer ends")
end)
outer:wait()
neap.sleep(6)

local thread
outer = neap.spawn(function()
  thread = in_coroutine("the second")
  neap.sleep(20)
  print("outer goes on")
end)
neap.sleep(1)
print("cancelled", task.cancel(thread))
neap.sleep(1)
print("after a second", outer:status(), tostring(pool), #neap.tasks() .. " tasks")
