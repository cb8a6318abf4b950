-- A coroutine that the user made is a task of its own from its first wait on. If that is a scope's,
-- the scope belongs to the coroutine: it ends with that one, not with the task that resumed it.
local neap = require "neap"

local function slow(name)
  neap.finally(print, name, "is closed")
  neap.sleep(5)
  return "its result"
end

local function in_coroutine(what)
  local thread = coroutine.create(function()
    print(what, "gives", neap.scope(function(scope)
      scope:spawn(slow, "a child of " .. what)
      return slow("the body of " .. what)
    end))
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
print("after a second", outer:status(), #neap.tasks() .. " tasks")

-- Its children stand below it, not below the task around it.
local main = neap.current()
coroutine.resume(coroutine.create(function()
  neap.scope(function()
    local parent = neap.current():parent()
    print("the parent of its body", parent:status(), parent ~= main)
  end)
end))
neap.sleep(1)
