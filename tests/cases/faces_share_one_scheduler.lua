-- Scripts of all three faces in one: their tasks take turns, and wait for one another.
local neap = require "neap"
local async, time = require "ward.async", require "ward.time"
local aa = require "async_await"
local orders = async.channel(2)

local cook = async.spawn(function()
  while true do
    local order, closed = orders:wait()
    if closed then return "closed" end
    print("ward: cooks " .. order)
    time.sleep("2s"):wait()
  end
end)

task.spawn(function()
  for _, dish in ipairs { "soup", "fish", "cake", "tea" } do
    orders:send(dish)
    print("task: has ordered " .. dish)
    task.wait(0.5)
  end
  orders:close()
end)

local bill = aa.async(function()
  print("async_await: waits for the cook")
  local reason = aa.await(cook)
  neap.sleep(1)
  return "the kitchen is " .. reason
end)()

print("script: waits for the bill")
print("script: " .. aa.await(bill))
