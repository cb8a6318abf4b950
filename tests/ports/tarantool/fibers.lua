-- Fibers, each with a run of its own, on the host that neap finds.
require("strict").on()

local neap = require "neap"
local tarantool = require "neap.hosts.tarantool"
local fiber = require "fiber"

local function start(fn, ...)
  local started = fiber.new(fn, ...)
  started:set_joinable(true)
  return started
end

local function join(...)
  for i = 1, select("#", ...) do
    local ok, err = select(i, ...):join()
    if not ok then print("failed", err) end
  end
end

local function took(fn, ...)
  local begun = fiber.time64()
  fn(...)
  return tonumber(fiber.time64() - begun) / 1e6
end

-- Three fibers, whose tasks all sleep at the same time.
local function three_sleep()
  local fibers, sum = {}, 0
  for i = 1, 3 do
    fibers[i] = start(function()
      local part = neap.run(function()
        local tasks = {}
        for j = 1, 3 do
          tasks[j] = neap.spawn(function() neap.sleep("50ms") return i * j end)
        end
        local results = neap.all(tasks)
        return results[1] + results[2] + results[3]
      end)
      sum = sum + part
    end)
  end
  for i = 1, 3 do assert(fibers[i]:join()) end
  print("sum", sum)
end
print("at once", took(three_sleep) < 0.14)

-- What two fibers share.
local future, channel, semaphore = neap.future(), neap.channel(), neap.semaphore(1)
local first = start(neap.run, function()
  semaphore:acquire()
  print("first: future", future:wait())
  print("first: sends", channel:send("a value"))
  neap.sleep("10ms")
  semaphore:release()
end)
local second = start(neap.run, function()
  neap.sleep("10ms")
  future:resolve("resolved")
  print("second: received", channel:wait())
  semaphore:acquire()
  print("second: has the semaphore")
end)
join(first, second)
future = neap.future()
first = start(neap.run, function() print("from a fiber without a run", future:wait()) end)
fiber.sleep(0.01)
future:resolve("resolved")
join(first)

-- What waits in a fiber of its own; only the task that calls waits for it.
local failure = {}
neap.run(function()
  neap.spawn(function() neap.sleep("10ms") print("another task goes on") end)
  print("call", select("#", tarantool.call(function(...)
    fiber.sleep(0.03)
    return ...
  end, 1, nil, nil)))
  print("error", select(2, pcall(tarantool.call, error, failure)) == failure)
  local box_error = select(2, pcall(tarantool.call, box.error, box.error.UNKNOWN))
  print("box error", type(box_error), box_error.code == box.error.UNKNOWN)
  local ended
  print(pcall(neap.timeout, "20ms", tarantool.call, function()
    ended = select(2, pcall(fiber.sleep, 10))
  end))
  neap.sleep("5ms")
  print("its fiber", ended)
  print("run in a call", tarantool.call(neap.run, function() neap.sleep("5ms") return "done" end))
  print(pcall(tarantool.call, neap.sleep, 1))
  print(pcall(tarantool.call))
end)

-- A task that suspends its fiber holds up the others, and harms none.
first = start(neap.run, function()
  neap.spawn(function() print("its other task is late", neap.sleep("5ms") >= 0.05) end)
  neap.sleep("2ms")
  fiber.sleep(0.06)
end)
second = start(neap.run, function() print("asleep meanwhile", neap.sleep("10ms") >= 0.05) end)
fiber.sleep(0.005)
local third = start(neap.run, function() print("begun meanwhile", neap.sleep("30ms") >= 0.03) end)
join(first, second, third)
print(pcall(neap.run, function() neap.run(print) end))

-- A fiber that is cancelled ends its run, with finalizers that may wait; the others go on.
first = start(function()
  print("cancelled", pcall(neap.run, function()
    neap.finally(function() neap.sleep("20ms") print("main's finalizer") end)
    neap.spawn(function()
      neap.finally(print, "a task's finalizer")
      neap.future():wait()
    end)
    print("a call", pcall(tarantool.call, fiber.sleep, 100))
  end))
  print("and the next one", pcall(neap.run, neap.sleep, 100))
end)
second = start(neap.run, function() neap.sleep("50ms") print("unharmed", #neap.tasks()) end)
fiber.sleep(0.01)
first:cancel()
join(first, second)

-- Busy tasks let other fibers have a turn. What waits when main has ended waits no longer.
local turns = 0
first = start(neap.run, neap.timeout, "50ms", function()
  while turns < 5 do neap.yield() end
  print("busy, with", turns, "turns of another")
end)
second = start(neap.run, function()
  for _ = 1, 5 do neap.sleep("1ms") turns = turns + 1 end
end)
join(first, second)
first = start(neap.run, function() neap.sleep("20ms") end)
neap.run(function()
  neap.spawn(function()
    neap.finally(print, "forgotten")
    neap.future():wait()
  end)
end)
print("the first", first:status())
join(first)

-- Failures that nobody sees are told to Tarantool's log.
local log = require "log"
local log_error = log.error
log.error = function(format, text) print("log", format, text:match("^[^\n]+")) end
neap.run(function() neap.spawn(error, "lost") neap.sleep("1ms") end)
log.error = log_error

-- Outside of every run nothing waits.
start(function() print(pcall(neap.sleep, 1)) end):join()

-- Runs of which nothing is left.
local memory
for round = 1, 2 do
  local fibers = {}
  for i = 1, 500 do
    fibers[i] = start(pcall, neap.run, function()
      neap.spawn(neap.sleep, 100)
      tarantool.call(fiber.sleep, 100)
    end)
  end
  fiber.sleep(0.05)
  for i = 1, 500 do fibers[i]:cancel() end
  for i = 1, 500 do fibers[i]:join() end
  fiber.sleep(0.05)
  collectgarbage()
  collectgarbage()
  local now = collectgarbage("count")
  print("memory", round == 1 or now - memory < 100)
  memory = now
end
os.exit(0)
