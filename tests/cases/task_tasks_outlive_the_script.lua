-- When the script has ended, the scheduler runs until all tasks are done.
task.spawn(function()
  for i = 1, 3 do
    task.wait(1)
    print("spawned: second " .. i)
  end
  task.defer(function()
    print("deferred by it")
    task.delay(60, function() print("a minute later, the last one") end)
  end)
end)
task.delay(1.5, function() print("delayed") end)
task.defer(function() print("deferred") end)
print("script: ends")
