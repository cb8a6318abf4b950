-- coroutine.status calls a cancelled thread dead, on every VM; and the thread that asks "running",
-- inside of pcalls too.
local function show(what, thread) print(what, coroutine.status(thread)) end

local sleeper = task.spawn(task.wait, 100)
show("it sleeps:", sleeper)
task.cancel(sleeper)
show("cancelled:", sleeper)

local parked = task.spawn(function() pcall(coroutine.yield) end)
show("it is parked, inside of a pcall:", parked)
task.cancel(parked)
show("cancelled:", parked)

local deferred = task.defer(print, "never printed")
show("it is deferred:", deferred)
task.cancel(deferred)
show("cancelled:", deferred)

local own = coroutine.create(function() task.wait(100) end)
coroutine.resume(own)
show("a coroutine of one's own that waits:", own)
task.cancel(own)
show("cancelled:", own)

task.spawn(function()
  local me = coroutine.running()
  show("I am:", me)
  pcall(function()
    show("in a pcall:", me)
    pcall(show, "in two:", me)
    task.wait(1)
    pcall(show, "in two, after a wait:", me)
    coroutine.wrap(function() show("asked by a coroutine of mine:", me) end)()
    task.spawn(show, "asked by a task that I spawn:", me)
    task.defer(show, "asked while I wait:", me)
    task.wait(1)
  end)
  task.defer(show, "asked when I have ended:", me)
end)
task.wait(3)
print("of what is no thread:", (pcall(coroutine.status, "me")))
