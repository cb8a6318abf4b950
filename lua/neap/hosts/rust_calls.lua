--- Async functions in Rust: mlua's, which yield a value of their own while their future is pending.
--
-- Only the task that called such a function waits, at the place `calls`. A future is polled when
-- the thread of its task is resumed, and keeps the waker of whoever polls. So Rust polls the thread
-- `driver`, with a waker made for one call, and the driver resumes the task of that call: it does
-- so when that waker has been woken. The first poll of a future happens in a tick, without such a
-- waker, so it is polled once more right after. A cancelled task has its future dropped at once.

---@diagnostic disable: need-check-nil
local scheduler = require "neap.kernel.scheduler"
local vm = require "neap.kernel.vm"
local waiting = require "neap.task.waiting"

local co_yield, create, resume, status =
  vm.coroutine.yield, vm.coroutine.create, vm.coroutine.resume, vm.coroutine.status

--- What Rust supplies for it.
---@class neap.RustCalls
---@field pending any  what mlua's async functions yield
---@field terminate any  resumed with this, they drop their future
---@field poll fun(driver: thread, call: number)  resumes the driver, with the waker of a call
---@field is_polled fun(): boolean  whether a future of mlua's own is being polled
local program

local calls = {}

--- The tasks that wait, by the numbers of their calls.
local callers = {}

--- Called with 1 when a task begins to wait, and with -1 when it no longer waits.
local expect

--- The number of the last call.
local last_call = 0

--- The calls whose futures have been polled without a waker of their own, and how many they are.
local unheard, unheard_count = {}, 0

--- The call that is being polled, and its task.
local polled_call, polled_task = 0, nil


--- Begins to wait. Polled on behalf of its task, the future has the call's waker already.
function calls:park(task)
  local call = polled_call
  if task ~= polled_task then
    call = last_call + 1
    last_call, unheard_count = call, unheard_count + 1
    unheard[unheard_count] = call
  end
  callers[call], task.index, task.place = task, call, self
  expect(1)
end


local function take_out(task)
  callers[task.index], task.place = nil, false
  expect(-1)
end

function calls.remove(_, task)
  take_out(task)
  if task.is_concluding then resume(task.thread or task.target, program.terminate) end
end

function calls.describe() return "an async function" end


--- What the driver runs: each time it is resumed with a call, it goes on with the task of that.
local function drive(call)
  while true do
    local task = callers[call]
    take_out(task)
    scheduler.tell("woken", task)
    polled_call, polled_task = call, task
    scheduler.run_now(task)
    polled_task = nil
    call = co_yield(program.pending)
  end
end

local driver


--- Polls the future of a call, unless that is over, or its task was cancelled.
function calls.poll(call)
  if not callers[call] then return end
  if not driver or status(driver) ~= "suspended" then driver = create(drive) end
  return program.poll(driver, call)
end


--- Whether there are futures that have no waker yet.
function calls.are_unheard() return unheard_count > 0 end

--- Polls them.
function calls.hear()
  local list, count = unheard, unheard_count
  unheard, unheard_count = {}, 0
  for i = 1, count do calls.poll(list[i]) end
end


--- Has tasks wait for async functions.
---@param supplied neap.RustCalls
---@param on_change fun(change: integer)  gets 1 when a call begins to wait, -1 when it is over
function calls.begin(supplied, on_change)
  program, expect = supplied, on_change
  scheduler.requests[program.pending] = function(task, thread)
    if task.cancel_requested then
      resume(thread, program.terminate)
      return task:kill()
    end
    scheduler.tell("waits", task, calls)
    return calls:park(task)
  end
  function waiting.refusal()
    if not program.is_polled() then return nil end
    return "attempt to wait in a future of mlua's own: have neap::run_async run the function"
  end
end

return calls
