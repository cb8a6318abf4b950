-- error(message, 2) in a task's own function points at its caller: at nobody, never at neap's
-- files.
local neap = require "neap"
neap.on_error(function(err) print("on_error:", err) end)
local function fails() error("the message", 2) end
local function later()
  neap.sleep(1)
  error("after a wait", 2)
end
print("wait:", pcall(neap.await, neap.spawn(fails)))
print("wait:", pcall(neap.await, neap.spawn(later)))
task.spawn(fails)
task.spawn(later)
task.defer(fails)
task.delay(1, fails)
print("await:", pcall(neap.await, require("async_await").async(fails)()))
require("ward.async").spawn(later):detach()
neap.sleep(3)
print("pcall:", pcall(fails))
print("pcall:", pcall(later))
neap.spawn(function() neap.finally(fails) end)
neap.sleep(1)
neap.spawn(function() fails() end)
