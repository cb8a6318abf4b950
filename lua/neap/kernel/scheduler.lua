--- The scheduler: who runs next.
--
-- A task that cannot go on yields a request to the scheduler: YIELD (let the others run), PARK with
-- a place to wait at, or DIE (it was cancelled while it ran). A place is anything with `park`,
-- `remove` and `describe`: a list of waiters, the timers, a `select`. Since the scheduler parks a
-- task only after its yield has arrived, a yield that the VM refuses leaves nothing behind.
--
-- One tick: 1. every thread that was ready when the tick began, first in first out; 2. every task
-- that was deferred when it began; 3. the timers that are due make their tasks ready. What becomes
-- ready during a tick runs in the next one, so nobody starves.
--
-- The ready queue is two arrays that change places each tick, refilled from 1: an index window that
-- slides through one table would make it rehash for ever. It holds threads, so that a switch by
-- `yield` touches no task at all. `false` stands for a task that is to be begun: those follow in
-- `starts`, in the same order. An entry whose thread was cancelled, or resumed out of turn, is
-- counted in `stale` and passed over.
--
-- Names in the hot loop: `current` is the thread that the scheduler resumed last and that runs now
-- (false when none does); `task_of` and `callers` are the registry's.

local vm = require "neap.kernel.vm"
local clock = require "neap.kernel.clock"
local registry = require "neap.kernel.registry"
local threads = require "neap.kernel.threads"
local Timers = require "neap.kernel.timers"
local Waiters = require "neap.kernel.waiters"

local co_yield, resume, running, status =
  coroutine.yield, coroutine.resume, vm.running, coroutine.status
local now, pairs = clock.now, pairs
local TASK, ONE, MANY, PCALL, acquire, recycle, release = threads.TASK, threads.ONE,
  threads.MANY, threads.PCALL, threads.acquire, threads.recycle, threads.release

local scheduler = {}

--- The requests that a thread can yield, and what it is resumed with when its `pcall` has ended.
local YIELD, PARK, DIE, NESTED, CALL, DELIVER = {}, {}, {}, {}, {}, {}
scheduler.NESTED, scheduler.CALL, scheduler.DELIVER = NESTED, CALL, DELIVER

--- How many immediate spawns may nest; beyond it a spawn runs next instead of now.
local NESTED_SPAWNS = 40

local current = false

local task_of, callers
registry.on_shrink(function()
  task_of, callers = registry.task_of, registry.callers
end)

--- How many resumes are nested within the one that the loop made.
scheduler.depth = 0

--- Whether a task that runs now has been cancelled: it ends at its next blocking call.
scheduler.doomed = false
local doomed = false

local timers = Timers.new()
local timers_list = timers.list
scheduler.timers = timers

local ready, ready_count, spare = {}, 0, {}
local starts, start_count, spare_starts = {}, 0, {}

--- How many entries of both arrays may be in use or left over, and the most there were of late.
local filled, peak = 0, 0

local deferred, deferred_count = {}, 0
local deferring = {}

--- Deferred tasks by their threads: made when somebody asks, for most are never asked for.
local deferred_by_thread = false

local urgent, urgent_count = {}, 0
local stale, stale_count, stale_peak = {}, 0, 0
local attention = false

--- A thread that has just returned, for the next task to begin.
local idle_thread = false

--- What is called at the end of each tick.
local hooks, hook_count = {}, 0


--- Has a function called at the end of each tick, until `remove_hook`.
---@param hook fun()
function scheduler.add_hook(hook)
  scheduler.remove_hook(hook)
  hook_count = hook_count + 1
  hooks[hook_count] = hook
end


--- Undoes `add_hook`. A hook may remove itself.
---@param hook fun()
function scheduler.remove_hook(hook)
  for i = hook_count, 1, -1 do
    if hooks[i] == hook then
      hooks[i], hooks[hook_count] = hooks[hook_count], nil
      hook_count = hook_count - 1
    end
  end
end


--- Makes a thread ready: it runs in the next tick.
local function enqueue(thread)
  ready_count = ready_count + 1
  ready[ready_count] = thread
end


--- The place of those who are to begin, in whichever queue. Who is taken from it leaves an entry
-- there that means nothing any more.
local line = {}
scheduler.line = line

function line.pass_on() end


--- Makes a task ready to begin, or to be resumed with the arguments that it holds.
---@param task neap.Task
function scheduler.enqueue_start(task)
  task.parked = line
  local last, last_start = ready_count + 1, start_count + 1
  ready_count, start_count = last, last_start
  ready[last], starts[last_start] = false, task
end


--- Makes a task ready that a place has taken out: what every waiter has as its method `wake`.
---@param task neap.Task
---@param grantor? table  whose `pass_on` takes the value back if the task never gets to run
---@param value? any
function scheduler.wake(task, grantor, value)
  task.parked, task.value = grantor or false, value
  local last = ready_count + 1
  ready_count = last
  if task.state == "started" then
    ready[last] = task.thread
  else
    start_count = start_count + 1
    ready[last], starts[start_count] = false, task
  end
end


--- Makes a task begin after those that are ready when the next tick begins.
---@param task neap.Task
function scheduler.defer_start(task)
  task.parked = line
  deferred_count = deferred_count + 1
  deferred[deferred_count] = task
  if deferred_by_thread then deferred_by_thread[task.thread] = task end
end


--- The task that a thread is to begin, if that is deferred.
---@param thread thread
---@return neap.Task?
function scheduler.find_deferred(thread)
  if not deferred_by_thread then
    deferred_by_thread = {}
    for _, task in pairs(deferring) do deferred_by_thread[task.thread] = task end
    for i = 1, deferred_count do deferred_by_thread[deferred[i].thread] = deferred[i] end
  end
  local task = deferred_by_thread[thread]
  return task and task.state == "pending" and task or nil
end


--- Forgets the entry of a thread that is in the ready queue.
local function forget(thread)
  stale[thread] = (stale[thread] or 0) + 1
  stale_count = stale_count + 1
  if stale_count > stale_peak then stale_peak = stale_count end
  attention = true
end
scheduler.forget = forget


--- Tells the threads that run whether one of their tasks has been cancelled.
---@param value boolean
function scheduler.set_doomed(value)
  doomed, scheduler.doomed = value, value
end


-- Running a thread until it yields.

--- Makes a task dead, and tells those who are to know.
---@param task neap.Task
---@param state "returned"|"failed"|"cancelled"
---@param count integer  of its results, as `threads.keep` gives them; 1 for an error
---@param value any
local function conclude(task, state, count, value)
  task.state, task.count = state, count
  if count > 0 or state == "cancelled" then task.value = value end
  local gone = registry.gone + 1
  registry.gone = gone
  if gone >= registry.next_look then registry.look() end
  local watcher = task.watcher
  if watcher then watcher:ended(task) end
  task:wake_all()
end
scheduler.conclude = conclude


--- Ends a task whose thread has returned.
local function retire(task, thread, count, value)
  if task.thread ~= thread then scheduler.unwind(task, thread) end
  if idle_thread then recycle(thread) else idle_thread = thread end
  local bonds = task.bonds
  if bonds > 1 then return task:returned(count, value) end
  task_of[thread], task.thread, task.fn = nil, false, nil
  if bonds > 0 then return conclude(task, "returned", count, value) end
  -- As in `conclude`, where its end concerns nobody.
  task.state, task.count = "returned", count
  if count > 0 then task.value = value end
  local gone = registry.gone + 1
  registry.gone = gone
  if gone >= registry.next_look then registry.look() end
end


--- Does what a thread has asked for, or ends its task. No code of the user runs in here.
local function settle(thread, ok, request, a, b, c)
  local task = task_of[thread]
  if ok and request ~= nil then
    if request == TASK then
      return retire(task, thread, a, b)
    elseif request == PARK then
      return a:park(task, b)
    elseif request == YIELD then
      return enqueue(thread)
    elseif request == NESTED then
      return settle(task.thread, true, a, b, c)
    elseif request == CALL then
      task_of[a], task.thread, current = task, a, a
      return settle(a, resume(a, PCALL, b, 0))
    elseif request == DIE then
      return task:killed()
    elseif request ~= PCALL and status(thread) ~= "dead" then
      return task:yielded()
    end
  elseif ok and status(thread) ~= "dead" then
    return task:yielded()
  end
  if task.thread ~= thread then scheduler.unwind(task, thread) end
  local caller = callers[thread]
  if caller then
    task_of[thread], task.thread, current = nil, caller, caller
    if not ok then return settle(caller, resume(caller, DELIVER, false, 1, request)) end
    return settle(caller, resume(caller, DELIVER, true, a, b))
  elseif not ok then
    return task:failed(request, thread)
  elseif task.bonds > 1 then
    return task:returned(0)
  end
  task_of[thread], task.thread = nil, false
  return conclude(task, "returned", 0)
end


--- Resumes a task in its user's thread: it begins, or a coroutine's first wait is over.
local function go_on(task, thread)
  if not thread then
    thread = vm.create(task.body)
    task.thread = thread
  elseif task.state ~= "pending" or status(thread) ~= "suspended" then
    if not task:is_resumable(thread) then return end
  end
  task_of[thread], current = task, thread
  if task.state == "entering" then return settle(thread, resume(thread)) end
  local count, value = task.count, task.value
  task.state, task.parked = "started", false
  if count == 0 then return settle(thread, resume(thread)) end
  task.value = nil
  return settle(thread, resume(thread, release(count, value)))
end


--- Begins a task, unless it has left the queue.
local function begin(task)
  if task.parked ~= line and (task.state ~= "entering" or task.slot) then return end
  local fn, count, token, value = task.fn, task.count, TASK, nil
  if not fn then return go_on(task, task.thread) end
  if count > 0 then
    token, value, task.value = ONE, task.value, nil
    if count > 1 then token, value.n = MANY, count end
  end
  local thread = idle_thread
  if thread then idle_thread = false else thread = acquire() end
  task.state, task.parked, task.thread = "started", false, thread
  task_of[thread], current = task, thread
  local ok, request, a, b, c = resume(thread, token, fn, value)
  if request == TASK then return retire(task, thread, a, b) end
  return settle(thread, ok, request, a, b, c)
end


--- Takes threads out of a task's chain of pcalls, from the innermost down to `thread`, which stays.
---@param task neap.Task
---@param thread thread
function scheduler.unwind(task, thread)
  Waiters.withdraw(task)
  local inner = task.thread
  while inner and inner ~= thread do
    local caller = callers[inner]
    vm.close(inner)
    callers[inner], task_of[inner] = nil, nil
    inner = caller
  end
  task.thread = thread
end


--- Runs what must run before the next entry of the queue; true if that entry is to be passed over.
local function attend(thread)
  local i = 0
  while i < urgent_count do
    i = i + 1
    local task = urgent[i]
    urgent[i] = nil
    begin(task)
  end
  urgent_count = 0
  local left = stale[thread]
  if left then
    stale[thread] = left > 1 and left - 1 or nil
    stale_count = stale_count - 1
  end
  if stale_count == 0 then
    attention = false
    if stale_peak > 256 then stale, stale_peak = {}, 0 end
  end
  return left ~= nil
end


--- Begins a new task in its user's thread at once, within the thread that asks.
---@param task neap.UserTask
---@param thread thread
---@param ... any  its arguments
---@return boolean begun  false past some depth
function scheduler.enter(task, thread, ...)
  local depth, previous = scheduler.depth, current
  if depth >= NESTED_SPAWNS then return false end
  scheduler.depth, task.state = depth + 1, "started"
  task_of[thread], current = task, thread
  settle(thread, resume(thread, ...))
  scheduler.depth, current = depth, previous
  return true
end


--- Begins a task at once, within the thread that asks; past some depth, as soon as that one waits.
---@param task neap.Task
function scheduler.begin_now(task)
  task.parked = line
  if scheduler.depth >= NESTED_SPAWNS then
    if task.thread then task_of[task.thread] = task end
    urgent_count = urgent_count + 1
    urgent[urgent_count] = task
    attention = true
    return
  end
  local previous = current
  scheduler.depth = scheduler.depth + 1
  begin(task)
  scheduler.depth = scheduler.depth - 1
  current = previous
end


--- Runs a task that is ready, out of its turn, until it waits.
---@param task neap.Task
function scheduler.resume_now(task)
  if task.parked == line then return scheduler.begin_now(task) end
  local previous, thread = current, task.thread
  forget(thread)
  scheduler.depth = scheduler.depth + 1
  current = thread
  settle(thread, resume(thread))
  scheduler.depth = scheduler.depth - 1
  current = previous
end


--- Clears what the arrays hold beyond their count, for it would keep dead threads alive, and gives
-- back what they have grown to in a burst.
---@param count integer  how many were ready in this tick
local function tidy(count)
  local kept = ready_count
  if count > peak then peak = count end
  if peak > 4 * kept + 256 then
    local old = ready
    ready, spare, spare_starts, peak = {}, {}, {}, kept
    for i = 1, kept do ready[i] = old[i] end
  else
    for i = kept + 1, filled do ready[i] = nil end
    for i = kept + 1, count > filled and count or filled do spare[i] = nil end
  end
  filled = kept
end


--- Runs the tasks that were deferred when the tick began.
local function run_deferred(batch, count)
  for i = 1, count do
    if attention then attend(false) end
    local task = batch[i]
    batch[i] = nil
    if task.parked == line then go_on(task, task.thread) end
  end
  deferring = count > 256 and {} or batch
end


--- Calls the hooks; each may remove itself.
local function run_hooks()
  for i = hook_count, 1, -1 do hooks[i]() end
end


--- Runs one tick.
---@return boolean busy  whether the next tick has something to run
function scheduler.tick()
  if attention then attend(false) end
  local batch, count, batch_starts, begun = ready, ready_count, starts, 0
  ready, spare, ready_count = spare, batch, 0
  if start_count > 0 then starts, spare_starts, start_count = spare_starts, batch_starts, 0 end
  local later, later_count = nil, deferred_count
  if later_count > 0 then
    later = deferred
    deferred, deferring, deferred_count, deferred_by_thread = deferring, later, 0, false
  end

  for i = 1, count do
    local thread = batch[i]
    if not (attention and attend(thread)) then
      if thread then
        current = thread
        local ok, request, a, b, c = resume(thread)
        if request == YIELD then
          local last = ready_count + 1
          ready_count = last
          ready[last] = thread
        elseif request == PARK then
          a:park(task_of[thread], b)
        else
          settle(thread, ok, request, a, b, c)
        end
      else
        begun = begun + 1
        local task = batch_starts[begun]
        batch_starts[begun] = nil
        begin(task)
      end
    end
  end
  if later_count > 0 then run_deferred(later, later_count) end
  if attention then attend(false) end
  current = false

  if ready_count ~= count or count ~= filled then tidy(count) end
  if timers.count > 0 or timers_list.last > 0 then timers:wake_due(now()) end
  if hook_count > 0 then run_hooks() end
  return ready_count > 0 or deferred_count > 0 or urgent_count > 0
end


--- Makes the tasks ready whose deadline has come during a sleep.
function scheduler.wake_due()
  if timers.count > 0 or timers_list.last > 0 then timers:wake_due(now()) end
end


--- Whether nothing is ready, or will be in the next tick but for the timers.
---@return boolean
function scheduler.is_idle()
  return ready_count == 0 and deferred_count == 0 and urgent_count == 0
end


-- Waiting.

--- Suspends the running task until it is woken, at a place that it is parked at.
--
-- Where the caller is not a task that the scheduler resumed (the host thread, a user's coroutine),
-- or may not wait, `wait_elsewhere` (set by neap.waiting) knows what to do.
---@param place table
---@param argument? any  for the place's `park`
---@return neap.Task|table waiter  who waited: holds what it was handed
function scheduler.wait(place, argument)
  local me = running()
  if me ~= current or doomed then return scheduler.wait_elsewhere(me, current, place, argument) end
  co_yield(PARK, place, argument)
  while current ~= me do co_yield() end
  return task_of[me]
end


--- Waits in a list as `wait` does, and returns what the waiter was handed. Called as the last thing
-- that a function does, it takes nothing more of a stack that is small at first.
---@param place neap.Waiters  whose owner has a `claim` that answers if nothing was handed over
---@return any ...
function scheduler.receive(place)
  local me = running()
  local task
  if me ~= current or doomed then
    task = scheduler.wait_elsewhere(me, current, place)
  else
    co_yield(PARK, place)
    while current ~= me do co_yield() end
    task = task_of[me]
  end
  if not task.parked then return place.owner:claim(task) end
  local value = task.value
  task.parked, task.value = false, nil
  return value
end


--- Waits at the timers, as `receive` does in a list.
---@param seconds number
---@return number seconds  that have passed
function scheduler.sleep(seconds)
  local me, start = running(), now()
  if me ~= current or doomed then
    scheduler.wait_elsewhere(me, current, timers, start + seconds)
  else
    co_yield(PARK, timers, start + seconds)
    while current ~= me do co_yield() end
  end
  return now() - start
end


--- The place of those who only let others run: the end of the ready queue.
local turn = {}

function turn.park(_, task)
  task:wake()
end

function turn.pass_on() end

function turn.describe()
  return "its turn"
end


--- Lets every other ready task run.
function scheduler.yield()
  local me = running()
  if me ~= current or doomed then return scheduler.wait_elsewhere(me, current, turn) end
  co_yield(YIELD)
  while current ~= me do co_yield() end
end


--- Suspends the running task at a place, as `wait` does, without asking who calls.
function scheduler.suspend(me, place, argument)
  co_yield(PARK, place, argument)
  while current ~= me do co_yield() end
  return task_of[me]
end


--- Ends the running task, which has been cancelled. Never returns.
function scheduler.die()
  co_yield(DIE)
  while true do co_yield() end
end


--- Called by a blocking function that is not going to suspend, while `doomed`: the running task
-- ends here if it is the one that was cancelled.
function scheduler.checkpoint()
  local me = running()
  local task = scheduler.adopt(me) and task_of[me]
  if task and task.doomed then scheduler.die() end
end


--- Whether a thread is the one that the scheduler resumed last. A `pcall` on Lua 5.1 runs its
-- function in another, and says nothing of it: that one is then adopted by the task that runs, as
-- the innermost of its threads.
---@param thread thread?
---@return boolean
function scheduler.adopt(thread)
  local outer = thread
  while outer ~= current do
    if not outer then return false end
    outer = callers[outer]
  end
  if outer ~= thread then
    local task, inner = task_of[outer], thread
    while inner ~= outer do
      task_of[inner] = task
      inner = callers[inner]
    end
    task.thread, current = thread, thread
  end
  return true
end


--- Whether the code that runs is in the task that the scheduler resumed last.
---@return boolean
function scheduler.is_in_current()
  return scheduler.adopt(running())
end


--- The running task: in a coroutine of the user's, its own if it has one, else the enclosing one.
---@return neap.Task?
function scheduler.current_task()
  local me = running()
  if me == current or not (current or scheduler.bar) then return task_of[me or false] end
  return current and (me and task_of[me] or task_of[current]) or nil
end


--- The thread that the scheduler resumed last.
---@return thread|false
function scheduler.current_thread()
  return current
end


--- Says which thread the scheduler has resumed; a `pcall` on Lua 5.1 runs its function in another.
---@param thread thread|false
function scheduler.set_current(thread)
  current = thread
end


--- Why nothing may wait at the moment, if so.
---@type string?
scheduler.bar = nil


--- Calls fn with errors caught, where nothing may wait: on a thread that is dropped if it yields.
---@param reason string  the error that a wait raises in there
---@return boolean ok
---@return any ...
function scheduler.call_barred(reason, fn, ...)
  local previous, previous_bar, thread = current, scheduler.bar, vm.create(fn)
  local function lift(...)
    current, scheduler.bar = previous, previous_bar
    if status(thread) == "dead" then return ... end
    vm.close(thread)
    return false, reason
  end
  current, scheduler.bar = false, reason
  return lift(resume(thread, ...))
end


--- Calls fn with every task that has not ended, in no order.
---@param fn fun(task: neap.Task)
function scheduler.each_task(fn)
  for _, task in pairs(task_of) do fn(task) end
  for _, queue in pairs { starts, spare_starts, deferred, deferring, urgent } do
    for _, task in pairs(queue) do fn(task) end
  end
  timers:each(function(waiter) fn(waiter.task or waiter) end)
end

return scheduler
