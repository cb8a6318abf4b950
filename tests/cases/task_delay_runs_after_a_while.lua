-- task.delay calls its function, with its arguments, after some seconds; it returns a numeric id.
local id = task.delay(2, function(...)
  print("two seconds later:", select("#", ...), ...)
end, "a", nil)
task.delay(1, function() print("one second later") end)
print("delay returns a " .. type(id))
print("script: waits")
task.wait(3)
print("script: done")
