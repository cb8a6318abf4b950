-- task.cancel ends a task that would go on for ever, where it waits.
local ticks = 0
local ticker = task.spawn(function()
  while true do
    ticks = ticks + 1
    print("tick " .. ticks)
    task.wait(0.5)
  end
end)
-- The script's deadline was set before the ticker's fifth, so at 2 seconds the script is first.
task.wait(2)
print("cancelled: " .. tostring(task.cancel(ticker)))
print("again: " .. tostring(task.cancel(ticker)))
task.wait(5)
print("ticks in the end: " .. ticks)
