-- While the script waits, the tasks that it has spawned go on.
task.spawn(function()
  for i = 1, 6 do
    print("spawned: " .. i)
    task.wait(0.25)
  end
end)
task.wait(1.125)
print("script: goes on after the fifth")
task.wait(1)
print("script: ends, with nobody left")
