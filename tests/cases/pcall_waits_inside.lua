-- A function called by pcall may wait, in tasks of every face; errors after the wait are caught.
local neap = require "neap"
local function body(name)
  print(pcall(function()
    neap.sleep(1)
    return name .. ": a result", nil
  end))
  print(pcall(function()
    neap.yield()
    error(name .. ": an error", 0)
  end))
  local channel = neap.channel()
  task.delay(1, function() channel:send("a value") end)
  print(pcall(function() return name .. ": " .. channel:wait() end))
end
body("script")
neap.spawn(body, "spawned task"):wait()
require("ward.async").spawn(body, "ward task"):wait()
require("async_await").async(body)("async_await task"):wait()
task.spawn(body, "thread of the task face")
task.wait(5)
coroutine.wrap(body)("a coroutine of the user's")
