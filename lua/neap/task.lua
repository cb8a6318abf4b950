--- A task: a function that runs beside others, and what became of it.
--
-- Its state is "pending" (not begun), "started", or one of its ends: "returned", "failed",
-- "cancelled". What `status()` tells of a started task (running, runnable, suspended) follows from
-- where its thread is. A task that ends with finalizers keeps its end in `final`, and is only dead,
-- for those who wait for it, when they have run: they run as the same task, on a fresh thread.
--
-- To cancel is to kill: the thread is never resumed again, and what it waited for forgets it. A
-- task that runs at that moment is doomed instead: it ends at its next blocking call, or when it
-- returns.

local vm = require "neap.vm"
local threads = require "neap.threads"
local awaitable = require "neap.awaitable"
local check = require "neap.check"
local collected = require "neap.collected"
local Waiters = require "neap.waiters"
local registry = require "neap.registry"
local scheduler = require "neap.scheduler"
local failures = require "neap.failures"

local error, next, pairs, rawequal, remove, setmetatable, sort, tostring, type =
  error, next, pairs, rawequal, table.remove, setmetatable, table.sort, tostring, type
local status = coroutine.status
local release = threads.release
local enqueue, enqueue_start = scheduler.enqueue, scheduler.enqueue_start

---@class neap.Task
---@field id integer  its number, in the order of creation
---@field state string
---@field thread thread|false  the innermost thread that it runs on
---@field traceback string?  where the error that ended it was raised
---@field private starting boolean  whether it is in a queue of those to begin
---@field private fn function?  what it will run
---@field private count integer  of its arguments, or of its results
---@field private values any  the arguments, or the results, or the error
---@field private parked table?  the place where it waits
---@field private waiters neap.Waiters?
---@field private finalizers table[]?
---@field private final table?  its end, while the finalizers run
local Task = {}
Task.__index = Task

--- What a plain coroutine.yield from it gets; false if that parks it for its user.
Task.yield_error = "attempt to yield from a task: use neap.yield()"

local created, alive, most_alive, doomed = 0, 0, 0, 0

--- Tasks that were parked for their user by a plain yield, under their threads. The thread is the
-- user's to drop, so nothing here holds it: the task keeps it in a weak box meanwhile.
local loose = setmetatable({}, { __mode = "k" })
local weak = { __mode = "v" }


--- Threads that will never be resumed again, whatever the VM calls their status.
local killed = setmetatable({}, { __mode = "k" })


local task_of, callers, callees
registry.on_shrink(function()
  task_of, callers, callees = registry.task_of, registry.callers, registry.callees
  loose, killed = registry.copy(loose), registry.copy(killed)
  threads.empty_pool()
end)


--- How many tasks at once, or threads let go, make a burst after which the tables are replaced.
local BURST = 1000

local let_go_count = 0

local function shrink()
  -- Until what is dead has been collected, the new tables are as large as the old ones.
  if registry.shrink() <= 4 * alive + BURST then collected.unwatch(shrink) end
end


--- Counts the threads that the weak tables hold until they are collected.
local function count_let_go()
  let_go_count = let_go_count + 1
  if let_go_count < BURST then return end
  let_go_count = 0
  collected.watch(shrink)
end


--- Whether a thread has ended or was cancelled.
---@param thread thread
---@return boolean
function Task.is_over(thread)
  return killed[thread] or status(thread) == "dead"
end


local function let_go(task)
  local thread, root = task.thread, nil
  while thread do
    task_of[thread] = nil
    thread, root = callers[thread], thread
  end
  task.box = setmetatable({ root }, weak)
  loose[root], task.thread = task, false
  count_let_go()
  alive = alive - 1
end


local function take_back(task, root)
  loose[root], task.box = nil, nil
  local thread = root
  while thread do
    task_of[thread], task.thread = task, thread
    thread = callees[thread]
  end
  alive = alive + 1
end


--- Makes a pending task that is in no queue yet.
---@param fn? function
---@param count integer  of the arguments, as `threads.keep` gives them
---@param values any
---@return neap.Task
local function new(fn, count, values)
  created = created + 1
  alive = alive + 1
  if alive > most_alive then most_alive = alive end
  return setmetatable({
    id = created, state = "pending", starting = false, fn = fn, count = count, values = values,
    thread = false, parked = nil, prev = nil, next = nil, slot = nil, value = nil, grantor = nil,
    waiters = nil,
  }, Task)
end
Task.new = new


--- Starts a task: it first runs when the caller waits or ends.
---@param fn function
---@param ... any  its arguments
---@return neap.Task
function Task.spawn(fn, ...)
  check.callable(fn, 1, "spawn")
  local task = new(fn, threads.keep(...))
  enqueue_start(task)
  return task
end


--- Makes the task of a thread that is the user's: plain yields park it, and it is never pooled.
---@param thread thread
---@return neap.Task
function Task.of_thread(thread)
  local task = task_of[thread]
  if task then return task end
  task = loose[thread]
  if task then
    take_back(task, thread)
  else
    task = new(nil, 0, nil)
    task.yield_error, task.is_loud = false, true
    task.thread, task_of[thread] = thread, task
  end
  return task
end


--- The task that a thread belongs to, if any.
---@param thread thread
---@return neap.Task?
function Task.find(thread)
  return task_of[thread] or loose[thread]
end


--- How many tasks have not ended.
function Task.alive()
  return alive
end


--- Tasks that are parked for their user and cannot be let go: somebody waits for them, or they have
-- finalizers. If the user resumes their thread to its end, nobody else notices.
local held = {}
local notice_ends

local function hold(task)
  held[task] = true
  scheduler.add_hook(notice_ends)
end


local function has_ended(task)
  local state = task.state
  return state ~= "started" and state ~= "pending"
end


--- Takes a waiter from where it waits, and passes on what it was handed.
local function withdraw(waiter)
  if waiter.parked then
    waiter.parked:remove(waiter)
  elseif waiter.grantor then
    waiter.grantor:pass_on(waiter)
  end
end
Task.withdraw = withdraw


--- Takes a task out of every queue, and from where it waits.
local function unqueue(task)
  local thread = task.thread
  if task.starting then
    task.starting = false
  elseif task.state == "started" and not task.parked then
    -- Unless it runs, it is in the queue of those that are ready.
    if thread and status(thread) == "suspended" then scheduler.forget(thread) end
  end
  withdraw(task)
end
Task.unqueue = unqueue


-- How a task ends.

local function die(task, ending, count, values)
  task.state, task.count, task.values, task.final = ending, count, values, nil
  alive = alive - 1
  if task.waiters then task.waiters:wake_all() end
  if most_alive > BURST and alive * 4 < most_alive then
    most_alive = alive
    collected.watch(shrink)
  end
end


local finish

function notice_ends()
  local ended = {}
  for task in pairs(held) do
    if not task:is_parked_for_user() then
      held[task] = nil
    elseif status(task.thread) == "dead" then
      ended[#ended + 1] = task
    end
  end
  sort(ended, function(a, b) return a.id < b.id end)
  for i = 1, #ended do
    held[ended[i]], ended[i].parked = nil, nil
    finish(ended[i], "returned", 0)
  end
  if not next(held) then scheduler.remove_hook(notice_ends) end
end


local function next_finalizer(task)
  local finalizers = task.finalizers
  local finalizer = finalizers[#finalizers]
  if not finalizer then
    local final = task.final
    return die(task, final.ending, final.count, final.values)
  end
  finalizers[#finalizers] = nil
  task.fn, task.count, task.values = finalizer.fn, finalizer.count, finalizer.values
  enqueue_start(task)
end


function finish(task, ending, count, values)
  local thread = task.thread
  if thread then task_of[thread], task.thread = nil, false end
  if task.doomed then
    task.doomed, doomed = nil, doomed - 1
    if doomed == 0 then scheduler.set_doomed(false) end
    if ending == "failed" then failures.report(values, task, task.traceback, tostring(task)) end
    ending, count, values = "cancelled", 0, nil
  end
  local is_reported = ending == "failed" and task.is_loud and not task:is_awaited()
  if ending == "failed" then failures.record(task, values) end
  if task.finalizers then
    task.final = { ending = ending, count = count, values = values }
    next_finalizer(task)
  else
    die(task, ending, count, values)
  end
  if is_reported then failures.report_now(task) end
end


--- Ends the thread of a task, which is suspended or dead, and those of the pcalls that it stands
-- in.
local function close(task, closer, err)
  local thread = task.thread
  while thread do
    local caller = callers[thread]
    if vm.can_close then
      local _, ok, raised = scheduler.call_barred("attempt to wait in a task that is being closed",
        closer, thread, err)
      if not ok then
        failures.report(raised, task, nil, "a to-be-closed variable of " .. tostring(task))
      end
    end
    callers[thread], task_of[thread], killed[thread] = nil, nil, true
    if caller then callees[caller] = nil end
    count_let_go()
    thread = caller
  end
  task.thread = false
end


--- The thread has returned (called by the scheduler, as are the next three).
function Task:returned(count, values)
  if self.final then
    task_of[self.thread], self.thread = nil, false
    return next_finalizer(self)
  end
  return finish(self, "returned", count, values)
end


--- The thread has raised an error.
function Task:failed(err, thread)
  local traceback = vm.traceback(thread)
  local raised = self.raised
  if raised and rawequal(raised.values, err) then
    -- It came through a wait: where it was raised comes first.
    traceback = (raised.traceback or "") .. "\nwaited for by " .. tostring(self) .. ":\n"
      .. traceback
  end
  close(self, vm.close_failed, err)
  if type(err) == "string" then err = vm.strip_own_position(err) end
  if self.final then
    failures.report(err, self, traceback, "a finalizer of " .. tostring(self))
    return next_finalizer(self)
  end
  self.traceback = traceback
  return finish(self, "failed", 1, err)
end


--- The thread has come to a blocking call after it was cancelled.
function Task:killed()
  close(self, vm.close)
  return finish(self, "cancelled", 0)
end


local resumed_by_user = { remove = function(_, task) task.parked = nil end }

function resumed_by_user.describe()
  return "a resume (it called coroutine.yield)"
end


--- Whether a started task is its user's to resume.
---@return boolean
function Task:is_parked_for_user()
  return self.box ~= nil or self.parked == resumed_by_user
end


--- Whether its failure is reported at once, and its handle may be dropped.
---@return boolean
function Task:is_detached()
  return self.is_loud == true
end


--- The thread has yielded by itself.
function Task:yielded()
  local message = self.yield_error
  if self.final then
    local traceback = vm.traceback(self.thread)
    close(self, vm.close)
    failures.report(Task.yield_error, self, traceback, "a finalizer of " .. tostring(self))
    return next_finalizer(self)
  elseif self.doomed then
    return self:killed()
  elseif message then
    local traceback = vm.traceback(self.thread)
    close(self, vm.close)
    self.traceback = traceback
    return finish(self, "failed", 1, message)
  end
  self.parked = resumed_by_user
  if self.finalizers or self:is_awaited() or not self.is_loud then
    hold(self)
  else
    let_go(self)
  end
end


--- Gives up a finalizer that waits for ever.
function Task:give_up()
  withdraw(self)
  close(self, vm.close)
  return next_finalizer(self)
end


-- What the scheduler's places call.

--- Makes the task ready, with what it was handed.
---@param grantor? table  whose `pass_on` takes the value back if the task never gets to run
---@param value? any
function Task:wake(grantor, value)
  self.grantor, self.value = grantor, value
  if self.state == "pending" or self.entering then return enqueue_start(self) end
  enqueue(self.thread)
end


--- Whether a thread that is not of the pool can be resumed now. One that the user has resumed to
-- its end meanwhile cannot; nor one whose wait the VM had refused, which went on by itself.
---@param thread thread
---@return boolean
function Task:is_resumable(thread)
  local state = status(thread)
  if self.entering and not vm.is_suspended_here(thread) then
    withdraw(self)
    self.entering, self.grantor, self.value = nil, nil, nil
    if state == "suspended" then
      self:yielded()
      return false
    end
  end
  if state == "dead" then finish(self, "returned", 0) end
  return state == "suspended"
end


-- What users call.

--- Waits until the task has ended.
---@return any ...  its results
-- Raises its error, the same value; "cancelled" if it was cancelled.
function Task:wait()
  if scheduler.doomed then scheduler.checkpoint() end
  if not has_ended(self) then
    if scheduler.current_task() == self then error("a task cannot wait for itself", 2) end
    scheduler.wait(self:place())
  end
  if self.state == "returned" then return release(self.count, self.values) end
  return self:raise()
end


--- Raises the error that the task ended with.
function Task:raise()
  if self.state == "cancelled" then error("cancelled", 0) end
  failures.seen(self)
  local waiter = scheduler.current_task()
  if waiter then waiter.raised = self end
  error(self.values, 0)
end


--- Ends the task where it waits: it is never resumed again. A task that runs (the caller itself, or
-- one that resumed it) ends at its next blocking call.
---@return boolean cancelled  false if it was over, or about to be
function Task:cancel()
  if has_ended(self) or self.final or self.doomed then return false end
  if self.box then
    if not self.box[1] then return false end
    take_back(self, self.box[1])
  end
  local thread = self.thread
  local is_active = thread and status(thread)
  if is_active == "running" or is_active == "normal" then
    self.doomed, doomed = true, doomed + 1
    scheduler.set_doomed(true)
    return true
  end
  unqueue(self)
  self.fn = nil
  close(self, vm.close)
  finish(self, "cancelled", 0)
  return true
end


--- Whether the task is dead: ended, and its finalizers done.
---@return boolean
function Task:done()
  return has_ended(self)
end


--- Lets the task go: if it fails and nobody waits for it, that is reported at once.
---@return boolean  true
function Task:detach()
  self.is_loud = true
  if self.state == "failed" then failures.report_now(self) end
  return true
end


--- The task's state.
---@return "pending"|"runnable"|"running"|"suspended"|"dead"
function Task:status()
  if has_ended(self) then return "dead" end
  if self.state == "pending" then return "pending" end
  if self.parked then return "suspended" end
  local thread = self.thread
  return thread and status(thread) ~= "suspended" and "running" or "runnable"
end


--- Gives the task a name for reports; without an argument, tells it.
---@param name? string
---@return neap.Task|string?
function Task:name(name)
  if name == nil then return self.label end
  check.type(name, "string", 1, "name")
  self.label = name
  return self
end


--- What the task is called in a report.
---@return string
function Task:describe()
  return self.label and 'task "' .. self.label .. '"' or "task " .. self.id
end
Task.__tostring = Task.describe


--- Registers a function to run when the current task ends, however it ends: the last one first, on
-- a thread of its own.
---@param fn function
---@param ... any  its arguments
-- Raises an error outside of every task.
function Task.finally(fn, ...)
  check.callable(fn, 1, "finally")
  local task = scheduler.current_task()
  if not task then error("attempt to call 'finally' outside of a task", 2) end
  task:add_finalizer(fn, threads.keep(...))
end


--- Adds a finalizer, with its arguments as `threads.keep` gives them.
---@return table finalizer
function Task:add_finalizer(fn, count, values)
  local finalizers = self.finalizers
  if not finalizers then
    finalizers = {}
    self.finalizers = finalizers
  end
  local finalizer = { fn = fn, count = count, values = values }
  finalizers[#finalizers + 1] = finalizer
  return finalizer
end


--- Takes a finalizer back.
---@param finalizer table
function Task:remove_finalizer(finalizer)
  local finalizers = self.finalizers
  for i = #finalizers, 1, -1 do
    if finalizers[i] == finalizer then return remove(finalizers, i) end
  end
end


--- Calls fn when the task is dead; at once if it is.
---@param fn fun()
function Task:watch(fn)
  if has_ended(self) then return fn() end
  self:place():park({ wake = fn })
end


--- Whether somebody waits for the task.
---@return boolean
function Task:is_awaited()
  return self.waiters ~= nil and self.waiters.first ~= nil
end


-- A task can be selected from: these three are what neap.awaitable asks for.

--- Whether a wait would not suspend.
function Task:is_ready()
  return has_ended(self)
end


--- Where a wait parks.
function Task:place()
  if self.box and self.box[1] then
    take_back(self, self.box[1])
    hold(self)
  end
  local waiters = self.waiters
  if not waiters then
    waiters = Waiters.new(self)
    self.waiters = waiters
  end
  return waiters
end


--- What a wait that has been woken returns.
function Task:claim()
  return self:wait()
end

return awaitable.declare(Task)
