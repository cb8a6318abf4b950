--- Twenty right uses of neap, of which a checker may not complain: tests/types.rs.

local neap = require "neap"
local task = require "task"
local ward, time = require "ward.async", require "ward.time"
local async_await = require "async_await"

---@param name string
---@param count integer
---@return string name
---@return integer count
local function fetch(name, count) return name, count end

-- 1: a task keeps what its function returns.
local ebb = neap.spawn(fetch, "ebb", 1)
---@type string
local ebb_name = ebb:wait()

-- 2: all of it, in order.
---@type string, integer
local flood_name, flood_count = neap.spawn(fetch, "flood", 2):wait()

-- 3: a function without arguments or results, and a name for the task.
neap.spawn(function() neap.sleep("10ms") end):name("slack"):detach()

-- 4: durations are numbers or texts.
---@type number
local slept = neap.sleep(0.5) + neap.sleep("1h30m")

-- 5: async functions keep their parameters.
local fetch_async = neap.async(fetch)
---@type string
local fetched = fetch_async("ebb", 3):wait()

-- 6: await calls a function, or waits.
---@type string, integer
local awaited, awaited_count = neap.await(fetch, "ebb", 4)
---@type string
local awaited_task = neap.await(neap.spawn(fetch, "ebb", 5))

-- 7: a timeout gives what its function does.
---@type string
local in_time = neap.timeout("1s", fetch, "ebb", 6)

-- 8: a channel says what goes through it.
---@type neap.Channel<string>
local results = neap.channel(2)
if results:send("coal") then results:close() end
results:each(function(cargo) print(cargo:upper()) end)

-- 9: a channel may give nil, and then why.
local cargo, err = results:recv()
if cargo then print(cargo:upper()) else print(err) end

-- 10: a future says what it holds.
---@type neap.Future<integer>
local answer = neap.future()
answer:resolve(42)
---@type integer
local number = answer:wait() + answer()

-- 11: all gives a list, with its length.
local all = neap.all { neap.spawn(tostring, 7), neap.spawn(tostring, 8) }
---@type integer
local length = all.n
---@type string
local first = all[1]

-- 12: select takes anything that can be waited for, something else's too.
local foreign = { wait = function() return true end }
local salt, timer = results:sending("salt"), neap.timer("1s")
local index = neap.select({ results, answer, salt, timer, foreign }, "1s")
if index == 1 then print "coal" end

-- 13: outcomes tell.
for _, outcome in ipairs(neap.settle { ebb }) do
  if not outcome.ok then print(outcome.error) end
end

-- 14: a scope and its tasks.
---@type string
local body = neap.scope(function(scope, name)
  local pool = scope:pool(2)
  pool:submit(fetch, "ebb", 9)
  scope:spawn(fetch, "ebb", 10)
  return name
end, "scope")

-- 15: a pool maps a list to a list.
local lengths = neap.pool(2):map({ "coal", "timber" }, function(name, i) return #name + i end)
---@type integer
local most = lengths[1]

-- 16: locks.
local bridge = neap.mutex()
---@type string
local passed = bridge:with(fetch, "ship", 11)
if not bridge:acquire("1s") then print("late") else bridge:release() end

-- 17: a host.
neap.use { now = function() return 0 end, sleep = function(seconds) print(seconds) end }

-- 18: what can be waited in keeps results apart from errors.
local ok, result = neap.pcall(fetch, "ebb", 12)
if ok then print(result:upper()) end

-- 19: the task face.
local thread = task.spawn(fetch, "ebb", 13)
task.cancel(task.delay(1, print, "late"))
print(coroutine.status(thread), task.wait() + task.wait(0.5), task.defer(thread))

-- 20: the others.
local handle = ward.spawn(fetch, "ebb", 14)
---@type string
local joined = time.timeout(handle, { seconds = 1 }):wait()
local longer = time.duration("1s") + "2s" + { minutes = 1 }
---@type string
local square = async_await.future_get(async_await.async(fetch)("ebb", 15))
async_await.task_start(async_await.task_create(fetch, "ebb", 16))

return {
  ebb_name, flood_name, flood_count, slept, fetched, awaited, awaited_count, awaited_task, in_time,
  number, length, first, body, most, passed, joined, longer:seconds(), square,
}
