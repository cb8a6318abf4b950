-- task.delay continues a thread that a plain yield has parked, with arguments.
local thread = task.spawn(function() print("got", coroutine.yield()) end)
task.delay(1, thread, 42, nil, "end")
