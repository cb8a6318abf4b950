--- Async functions in Rust: mlua's, which yield a value of their own while their future is pending.
--
-- Only the task that called such a function waits, at the place `calls`. Whose waker a poll leaves
-- behind is settled by who resumes the thread: Rust polls `driver` with a waker made for one call,
-- and that resumes the task. So a future is polled when its own waker has been woken, and once more
-- after its first poll, which was in a tick and so with nobody's waker. A cancelled task has its
-- future dropped at once.

---@diagnostic disable: need-check-nil
local scheduler = require "neap.kernel.scheduler"
local vm = require "neap.kernel.vm"
local waiting = require "neap.task.waiting"

local co_yield, create, resume, status =
  vm.coroutine.yield, vm.coroutine.create, vm.coroutine.resume, vm.coroutine.status

--- What Rust supplies for it.
---@class neap.RustCalls
---@field pending any  what mlua's async functions yield
---@field terminate any  what has them drop their future, when their thread is resumed with it
---@field poll fun(driver: thread, call: number)  resumes the driver, with the waker of a call
---@field is_polled fun(): boolean  whether a future of mlua's own is being polled
local program

local calls = {}

--- The tasks that wait, by the numbers of their calls; called when one begins to, with 1, and when
-- it has, with -1.
local callers, expect = {}, nil

--- The number of the last call; those that have been polled with nobody's waker.
local last_call, unheard, unheard_count = 0, {}, 0

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


--- What the driver does: goes on with tasks whose future is to be polled.
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


--- Polls the future of a call, unless that is over, or was cancelled.
function calls.poll(call)
  if not callers[call] then return end
  if not driver or status(driver) ~= "suspended" then driver = create(drive) end
  return program.poll(driver, call)
end


--- Whether there are futures that know no waker yet.
function calls.are_unheard() return unheard_count > 0 end

--- Polls them.
function calls.hear()
  local list, count = unheard, unheard_count
  unheard, unheard_count = {}, 0
  for i = 1, count do calls.poll(list[i]) end
end


--- Has tasks wait for async functions.
---@param supplied neap.RustCalls
---@param on_change fun(change: integer)
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
