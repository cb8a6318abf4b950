--- Twenty wrong uses of neap. A checker is to find each, by the rule behind it, and nothing else:
-- tests/types.rs.

local neap = require "neap"
local task = require "task"
local ward, time = require "ward.async", require "ward.time"
local async_await = require "async_await"

---@param name string
---@return string
local function fetch(name) return name end

---@type neap.Channel<string>
local results = neap.channel(2)
---@type neap.Future<integer>
local answer = neap.future()
local ebb = neap.spawn(fetch, "ebb")

neap.spwan(fetch, "ebb") --> undefined-field
ebb:cancle() --> undefined-field
results:sned("coal") --> undefined-field
neap.event():reset() --> undefined-field

neap.spawn("ebb") --> param-type-mismatch
neap.spawn(fetch, 7) --> param-type-mismatch
neap.sleep(true) --> param-type-mismatch
neap.timeout(fetch, "1s", "ebb") --> param-type-mismatch
results:send(7) --> param-type-mismatch
answer:resolve("high") --> param-type-mismatch
neap.select(ebb) --> param-type-mismatch
neap.pool(2):map(fetch, { "ebb" }) --> param-type-mismatch
task.delay("1s", fetch, "ebb") --> param-type-mismatch
time.timeout(time.sleep("1s"), true):wait() --> param-type-mismatch
async_await.task_join(async_await.async(fetch)("ebb")) --> param-type-mismatch

neap.sleep() --> missing-parameter
neap.async(fetch)("ebb", 7) --> redundant-parameter
neap.use({ sleep = print }) --> missing-fields
ward.spawn(fetch, "ebb") --> discard-returns

---@type integer
local length = ebb:wait() --> assign-type-mismatch

return length
