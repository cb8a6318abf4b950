-- cancel ends a task where it waits; its waiter gets the error "cancelled".
local async = require "ward.async"
local time = require "ward.time"
local t = async.spawn(function()
  print("task: begins")
  time.sleep("1h"):wait()
  print("never printed")
end)
time.sleep(1):wait()
print("cancel:", t:cancel())
print("again:", t:cancel())
print("done:", t:done())
print("wait:", pcall(t.wait, t))
local early = async.spawn(function() print("never printed either") end)
print("before it begins:", early:cancel(), pcall(early.wait, early))
local finished = async.spawn(function() return 1 end)
finished:wait()
print("after its end:", finished:cancel())
