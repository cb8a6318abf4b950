--- The scheduler: who runs next.
--
-- Every task that lives stands in exactly one place, and `place` says in which:
--
--                     wake                     run
--     parked ---------------------> ready -------------> running ------> dead
--     place = a place <--+          place = false        place = false
--                        |            ^                    |    |
--                        |            +--------------------+    |
--                        |              its request: YIELD      |
--                        +--------------------------------------+
--                                       its request: PARK
--
-- - It is parked at a place (neap.kernel.waiters): a list, the timers, a `select`. So are tasks
--   that have not begun (deferred or delayed ones, a pool's jobs), and those whose thread is their
--   user's (neap.task.user).
-- - It is in the ready queue, once.
-- - It runs: it is the current one, or one that has resumed another that runs.
--
-- A task that cannot go on yields a request: YIELD (let the others run), PARK with a place, or one
-- of others' (`requests`). It is parked after its yield has arrived here, so that one which the VM
-- refuses leaves nothing behind.
--
-- One tick: 1. every task that was ready when the tick began, first in first out; 2. every task
-- that has been deferred by then; 3. the timers that are due make their tasks ready. What becomes
-- ready during a tick runs in the next one, so nobody starves.
--
-- The ready queue is two arrays that change places each tick, refilled from 1: an index window that
-- slides through one table would make it rehash for ever. Who leaves out of turn, by way of
-- neap.kernel.queue, leaves false behind.

---@diagnostic disable: assign-type-mismatch, param-type-mismatch
local clock = require "neap.kernel.clock"
local hooks = require "neap.kernel.hooks"
local light = require "neap.kernel.light"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local threads = require "neap.kernel.threads"
local Timers = require "neap.kernel.timers"
local vm = require "neap.kernel.vm"
local Waiters = require "neap.kernel.waiters"

local co_yield, resume, status = vm.coroutine.yield, vm.coroutine.resume, vm.coroutine.status
local huge, now, running = math.huge, clock.now, vm.running
local BEGIN, DONE, acquire, exchange, hand_over, recycle = threads.BEGIN, threads.DONE,
  threads.acquire, threads.exchange, threads.hand_over, threads.recycle
local state = runs.state
--- The requests that a thread can yield, and its end: tokens, as in neap.kernel.threads.
local YIELD, PARK, ENDED = function() end, function() end, function() end

local ended = { returned = true, failed = true, cancelled = true }
local scheduler = { ENDED = ENDED, ended = ended }

--- How many immediate spawns may nest; beyond it a spawn runs next instead of now.
local NESTED_SPAWNS = 40

--- What those wait for who only let others run, and those who are urgent.
local turn = {}

function turn.park(_, waiter) return waiter:wake() end
function turn.describe() return "its turn" end

runs.declare_near {
  timers = Timers.new, is_cancelling = false, -- the latter: whether a task that runs was cancelled
  depth = 0, -- how many resumes are nested within the one that the loop made
  bar = false, -- why nothing may wait at the moment, if so
}
runs.declare {
  current = false, -- the thread that was resumed last and that runs now, if any does
  idle_thread = false, -- a thread that has just returned, for the next task to begin
  ready = {}, ready_count = 0, -- the ready queue
  batch = {}, batch_count = 0, -- the tasks of the tick that is under way
  numbered = -1, -- how many of the queue know where they stand; -1: not even those of the batch do
  filled = 0, peak = 0, -- how many entries may be left over from a tick; the most there were
  deferred = light.new_deferred, -- those who begin, or go on, at the end of this tick
  urgent = function() return Waiters.new(turn) end, -- those who run before the next of the batch
  is_urgent = false, -- whether there are any
}

local current, is_cancelling, idle_thread, task_of, timers ---@type any, any, any, any, any
---@type any, any, any, any, any, any, any, any, any  some are needed too often to be looked up
local ready, ready_count, batch, batch_count, numbered, filled, peak, deferred, is_urgent

runs.around_exchange(function()
  state.current, state.is_cancelling, state.idle_thread = current, is_cancelling, idle_thread
  state.ready, state.ready_count, state.batch, state.batch_count, state.numbered, state.is_urgent =
    ready, ready_count, batch, batch_count, numbered, is_urgent
  state.filled, state.peak = filled, peak
end, function()
  current, is_cancelling, idle_thread = state.current, state.is_cancelling, state.idle_thread
  ready, ready_count, batch, batch_count, numbered, is_urgent =
    state.ready, state.ready_count, state.batch, state.batch_count, state.numbered, state.is_urgent
  filled, peak = state.filled, state.peak
  deferred, task_of, timers = state.deferred, state.task_of, state.timers
end)
local arrange, order, watch ---@type any, any, any  (the seams, see below)
local newborn, newborn_body, newborn_id = false, false, false -- the light thread that runs
local swift_yield, swift_park = YIELD, PARK -- what the loop does itself, while nobody watches

--- Makes a task ready that stands nowhere: it runs in the next tick. Every waiter that is a task
-- has this as its method `wake`.
---@param giver? table  whose `pass_on` takes the value back if the task never gets to run
function scheduler.wake(task, giver, value)
  if giver then
    task.giver, task.value = giver, value
  elseif value ~= nil then
    task.value = value
  end
  if watch then watch("woken", task, current and task_of[current] or nil) end
  local last = ready_count + 1
  ready[last] = task
  ready_count = last
end

--- Makes a task of the light thread that runs.
local function make_newborn()
  local thread, body = newborn, newborn_body
  newborn, newborn_body = false, false
  return light.of_newborn(thread, body, newborn_id)
end

--- Makes tasks of all that are light.
function scheduler.make_all()
  if newborn then make_newborn() end
  deferred:make_all()
end

--- The task of a thread, if it has one; a light one gets it now.
function scheduler.find(thread)
  local task = task_of[thread]
  if task or not thread then return task end
  if thread == newborn then return make_newborn() end
  return deferred:find(thread)
end
local find = scheduler.find

--- Numbers and counts a new task: the last that is done to make it, for now nothing may fail.
function scheduler.count(task)
  if newborn then make_newborn() end
  local made = state.made + 1
  state.made, task.id = made, made
  if watch then watch("made", task, current and task_of[current] or nil) end
end

--- Numbers and counts a new task, and makes it ready.
function scheduler.admit(task)
  if newborn then make_newborn() end
  local last, made = ready_count + 1, state.made + 1
  ready[last] = task
  ready_count, state.made, task.id = last, made, made
  if watch then watch("made", task, current and task_of[current] or nil) end
end

--- Makes a task dead, unless the collector has just called what did so, and tells those who are to
-- know. It is on its thread until now, so that it is found, should anything before this fail.
---@param outcome "returned"|"failed"|"cancelled"
---@param count integer?  of its results, or of its error, as `threads.pack` gives them
local function die(task, outcome, count, value)
  if ended[task.state] then return end
  local thread = task.thread
  if thread then task_of[thread], task.thread = nil, false end
  task.fn, task.state = nil, outcome
  if value ~= nil then task.value = value end
  if count then task.count = count end
  local gone = state.gone + 1
  state.gone = gone
  if gone >= state.next_look then registry.look() end
  if watch then watch("ended", task) end
  if not task.is_observed then return end
  local observer = task.observer
  if observer then observer:ended(task) end
  task:wake_all()
end

--- Ends a task, however it has come to its end. Where that takes more than telling who waits
-- (finalizers, a failure to be reported), `conclude` sees to it, and to `die`.
local function finish(task, outcome, count, value)
  if outcome ~= "returned" or task.is_observed and task.has_epilogue then
    return task:conclude(outcome, count, value)
  end
  return die(task, outcome, count, value)
end

--- The task's function has returned. (LuaJIT's collector may call code of the user's wherever
-- compiled code is left: a task that this has ended just now is on no thread any more.)
local function done(task, thread)
  if task.thread ~= thread then
    exchange.count, exchange.value, task_of[thread] = nil, nil, nil
    return
  end
  if idle_thread then recycle(thread) else idle_thread = thread end
  local value = exchange.value
  if value == nil then return finish(task, "returned") end
  local count = exchange.count
  exchange.count, exchange.value = nil, nil
  return finish(task, "returned", count, value)
end

--- What is done for each request: called with the task, the thread, and what came with it.
local requests = {
  [YIELD] = function(task)
    if watch then watch("yields", task) end
    return task:wake()
  end,
  [PARK] = function(task, _, place, argument)
    if watch then watch("waits", task, place, argument) end
    return place:park(task, argument)
  end,
  [DONE] = done,
  [ENDED] = function(task, thread, ok, err)
    exchange.count, exchange.value = nil, nil -- of a thread that has never begun
    if task.thread ~= thread then
      task_of[thread] = nil
    elseif ok then
      return finish(task, "returned")
    else
      return task:failed(err, thread)
    end
  end,
}

--- Does what a thread has asked for, or ends its task. No code of the user runs in here.
local function dispatch(task, thread, ok, request, a, b, c, d)
  if ok then
    local answer = requests[request]
    if answer then return answer(task, thread, a, b, c, d) end
    if status(thread) ~= "dead" then return task:yielded() end
  end
  return requests[ENDED](task, thread, ok, request)
end

--- Runs a task in one of its threads until it yields. (The loop does the same, with the commonest
-- requests at hand.)
local function run(task, thread, ...)
  task.thread, current = thread, thread
  return dispatch(task, thread, resume(thread, ...))
end

--- Begins a task, or one of its finalizers: in a thread of the pool, or in one of its user's.
---@param ... any  for a user's thread: its arguments, if the task does not hold them
local function begin(task, ...)
  local fn = task.fn
  if not fn then return task.begin and task:begin(...) end -- else it was cancelled as it was woken
  local thread = idle_thread
  if thread then idle_thread = false else thread = acquire() end
  if not task.fn then return recycle(thread) end -- a finalizer that the collector called ended it
  if task.state == "pending" then task.state = "started" end
  task_of[thread], task.thread, current = task, thread, thread
  local token = task.value == nil and BEGIN or hand_over(task)
  local ok, request, a, b, c, d = resume(thread, token, fn)
  while not ok and vm.was_closed(thread, request) do -- while it was idle, by a user who had kept it
    task_of[thread], thread = nil, acquire()
    task_of[thread], task.thread, current = task, thread, thread
    ok, request, a, b, c, d = resume(thread, token, fn)
  end
  if request == DONE then return done(task, thread) end
  return dispatch(task, thread, ok, request, a, b, c, d)
end

--- Begins a task, or goes on with it.
local function advance(task, ...)
  local thread = task.thread
  if thread then return run(task, thread, ...) end
  return begin(task, ...)
end

--- Runs those who are to run before the next one of the batch.
local function run_urgent()
  local urgent = state.urgent
  is_urgent = false
  local task = urgent:head()
  while task do
    urgent:remove(task)
    advance(task)
    task = urgent:head()
  end
end

--- Runs a task that stands nowhere until it waits: now, within the thread that asks; past some
-- depth, as soon as that one waits.
---@param ... any  the arguments of one that begins in its user's thread
function scheduler.run_now(task, ...)
  local depth, previous = state.depth, current
  if depth >= NESTED_SPAWNS then
    if task.state == "started" then task:hold(...) end -- a newborn's, who does not hold them yet
    state.urgent:park(task)
    is_urgent = true
    return
  end
  state.depth = depth + 1
  advance(task, ...)
  state.depth, current = depth, previous
end

--- Runs a light thread (neap.kernel.light) until it waits, which makes it a task, or ends.
---@param id integer|false  its number; false if it has none before it is a task
---@param ... any  its arguments
---@return boolean begun  false where it has to be a task from the beginning
function scheduler.run_light(thread, body, id, ...)
  local depth, previous = state.depth, current
  if watch or state.home or depth >= NESTED_SPAWNS then return false end
  if newborn then make_newborn() end
  newborn, newborn_body, newborn_id = thread, body, id
  state.depth, current = depth + 1, thread
  local ok, request, a, b, c, d = resume(thread, ...)
  local has_returned = ok and not requests[request] and status(thread) == "dead" -- may collect
  if newborn ~= thread then
    local task = task_of[thread] -- none, where the collector has called what ended it just now
    if task then dispatch(task, thread, ok, request, a, b, c, d) end
  elseif has_returned then
    newborn, newborn_body = false, false
    if id then state.gone = state.gone + 1 end
  else
    dispatch(make_newborn(), thread, ok, request, a, b, c, d)
  end
  state.depth, current = depth, previous
  return true
end

--- Clears what the arrays hold beyond their count, and gives back what they have grown to.
---@param count integer  how many were ready in this tick
local function tidy(count)
  if count > peak then peak = count end
  if peak > 256 and peak > 4 * ready_count + 256 then
    local fresh, fresh_batch = {}, {}
    for i = 1, ready_count do fresh[i] = ready[i] end
    ready, batch, peak = fresh, fresh_batch, ready_count
  else
    for i = ready_count + 1, filled do ready[i] = nil end
    for i = ready_count + 1, count > filled and count or filled do batch[i] = nil end
  end
  filled = ready_count
end

--- Runs one tick.
---@return boolean busy  whether the next tick has something to run
function scheduler.tick()
  if is_urgent then run_urgent() end
  local tasks, count = ready, ready_count
  ready, ready_count, batch, batch_count, numbered = batch, 0, tasks, count, -1
  if order then order(tasks, count) end

  for i = 1, count do
    local task = tasks[i]
    if task then
      local thread = task.thread
      if thread then
        current = thread
        local ok, request, a, b, c, d = resume(thread)
        if request == swift_yield then
          local last = ready_count + 1
          ready[last] = task
          ready_count = last
        elseif request == swift_park then
          a:park(task, b)
        else
          dispatch(task, thread, ok, request, a, b, c, d)
        end
      else
        begin(task)
      end
      if is_urgent then run_urgent() end
    end
  end

  batch_count = 0
  if deferred.last > 0 then deferred:begin_all(scheduler.run_light, run_urgent) end
  current = false

  if ready_count ~= count or count ~= filled then tidy(count) end
  if state.hook_count > 0 then hooks.run() end
  if timers.soonest < huge then timers:wake_due(now()) end
  return ready_count > 0 or deferred.last > 0 or is_urgent
end

--- Makes the tasks ready whose deadline has come during a sleep.
function scheduler.wake_due()
  if timers.soonest < huge then timers:wake_due(now()) end
end

--- Whether nothing is ready, or will be in the next tick but for the timers.
function scheduler.is_idle() return ready_count == 0 and deferred.last == 0 and not is_urgent end

--- Makes the functions that suspend the task which calls them. `elsewhere(me, place, argument)` is
-- what they do where the caller is not a task that the scheduler resumed (the host thread, a user's
-- coroutine, a pcall on Lua 5.1), or may not wait. A thread that is resumed although the scheduler
-- did not mean it, by a user who got hold of it, yields again.
function scheduler.waits(elsewhere)
  local waits = {}

  --- Waits at a place.
  ---@param argument? any  for the place's `park`
  ---@return neap.inside.Task|table waiter  who waited: holds what it was handed
  function waits.wait(place, argument)
    local me = running()
    if me ~= current or is_cancelling then return elsewhere(me, place, argument) end
    co_yield(PARK, place, argument)
    while current ~= me do co_yield() end
    return task_of[me]
  end

  --- Waits in a list, whose owner's `claim` answers if nothing is handed over, and returns what is.
  -- Called as the last thing that a function does, it takes no more of a stack that is small at
  -- first.
  function waits.receive(place)
    local me = running()
    local task
    if me ~= current or is_cancelling then
      task = elsewhere(me, place)
    else
      co_yield(PARK, place)
      while current ~= me do co_yield() end
      task = task_of[me]
    end
    if not task.giver then return place.owner:claim(task) end
    local value = task.value
    task.giver, task.value = false, nil
    return value
  end

  --- Waits at the timers, as `receive` does in a list.
  ---@return number seconds  that have passed
  function waits.sleep(seconds)
    local me, start = running(), now()
    if me ~= current or is_cancelling then
      elsewhere(me, timers, start + seconds)
    else
      co_yield(PARK, timers, start + seconds)
      while current ~= me do co_yield() end
    end
    return now() - start
  end

  --- Lets every other ready task run.
  function waits.yield()
    local me = running()
    if me ~= current or is_cancelling then
      elsewhere(me, turn)
      return
    end
    co_yield(YIELD)
    while current ~= me do co_yield() end
  end

  return waits
end

--- Suspends the running task at a place, as `wait` does, without asking who calls.
function scheduler.suspend(me, place, argument)
  co_yield(PARK, place, argument)
  while current ~= me do co_yield() end
  return task_of[me]
end

--- The thread that the scheduler resumed last.
function scheduler.current_thread() return current end

--- Says which thread that is: false while none of a task's runs.
function scheduler.set_current(thread) current = thread end

--- The running task: in a coroutine of the user's, its own if it has one, else the enclosing one.
function scheduler.current_task()
  local me = running()
  if me == current or not (current or state.bar) then return find(me) end
  return current and (find(registry.root_of(me)) or find(current)) or nil
end

--- What is done first in a tick.
local function begin_tick(tasks, count)
  if watch then watch("ticks") end
  if arrange then arrange(tasks, count) end
end

--- The first seam: sets who arranges the tasks that are ready, at the beginning of each tick; nil
-- for first in, first out. It may exchange the entries 1 to `count`; false is a task that has left.
---@param fn? fun(tasks: (neap.inside.Task|false)[], count: integer)
function scheduler.set_order(fn)
  arrange = fn
  order = (arrange or watch) and begin_tick or nil
end

--- The second is for neap.kernel.watchers, who say what they tell: sets who is told what happens,
-- what resumes threads meanwhile, if runs and waits are told of, and whether yields are.
function scheduler.watch_with(told, watched_resume, tells_yields)
  scheduler.make_all()
  light.is_off = told ~= nil
  watch, resume = told, watched_resume or vm.coroutine.resume
  swift_yield, swift_park = tells_yields and ENDED or YIELD, watched_resume and ENDED or PARK
  scheduler.set_order(arrange)
end

--- Tells who watches of what happens elsewhere; `other` is the running task if it is absent.
function scheduler.tell(what, task, other, argument)
  if watch then watch(what, task, other or current and task_of[current] or nil, argument) end
end

scheduler.die, scheduler.finish, scheduler.requests, scheduler.run, scheduler.dispatch =
  die, finish, requests, run, dispatch

return scheduler
