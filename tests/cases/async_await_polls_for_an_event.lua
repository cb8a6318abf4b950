-- A task that polls a flag yields until another has set it; a third awaits the first.
local aa = require "async_await"
local fired, attempts = false, 0
local wait_for_event = aa.async(function()
  while not fired do aa.task_yield() end
end)
local work_after_event = aa.async(function()
  print("waits for the event")
  aa.await(wait_for_event())
  print("the event has come")
end)
local fire_event = aa.async(function()
  while not fired do
    attempts = attempts + 1
    if attempts == 4 then
      print("fires the event")
      fired = true
    else
      print("not yet")
    end
    aa.task_yield()
  end
end)
work_after_event()
fire_event()
aa.task_schedule_all()
