-- time.sleep gives an awaitable whose deadline counts from the call, and whose wait gives true.
local async = require "ward.async"
local time = require "ward.time"
local deadline = time.sleep("2s")
task.delay(1.875, function() print("almost two seconds after the call") end)
task.delay(2.125, function() print("a little more than two seconds after the call") end)
time.sleep(1):wait()
print("one second later the wait begins")
print("waited", deadline:wait())
print("a second time, at once", deadline:wait())
time.sleep(1):wait()
local started = {}
for i, length in ipairs { "1h30m", "2m", 5401, "1.5s", "250ms", 100, 0, -1, 5399, "1s 250ms" } do
  started[i] = async.spawn(function()
    time.sleep(length):wait()
    print("done: " .. length)
  end)
end
for i = 1, #started do started[i]:wait() end
