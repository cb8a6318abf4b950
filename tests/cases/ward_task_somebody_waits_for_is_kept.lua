-- A collected handle cancels no task that somebody waits for.
local async = require "ward.async"
local time = require "ward.time"
local function collect()
  collectgarbage()
  collectgarbage()
end
local collector = async.spawn(function()
  for _ = 1, 5 do
    time.sleep(1):wait()
    collect()
  end
end)
print(async.spawn(function()
  time.sleep(3):wait()
  return "the wait was a tail call, so nobody held the handle"
end):wait())
print(async.select({ async.spawn(function()
  time.sleep(10):wait()
  return "held by nobody but the select"
end) }))
print("collector is done: " .. tostring(collector:done()))
