-- task.wait returns how long it took, in seconds, in the script and in tasks.
print("script waits one second")
print(("script waited %.3f seconds"):format(task.wait(1)))
task.spawn(function()
  print(("task waited %.3f seconds"):format(task.wait(0.25)))
  print(("without an argument: %.3f"):format(task.wait()))
end)
print(("script waited %.3f seconds"):format(task.wait(1.5)))
