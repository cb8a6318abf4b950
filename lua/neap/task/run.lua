--- `run` and `step`: the two ways for a host to let tasks run.

---@diagnostic disable: param-type-mismatch
local check = require "neap.check"
local clock = require "neap.kernel.clock"
local deadlock = require "neap.task.deadlock"
local duration = require "neap.duration"
local failures = require "neap.task.failures"
local loop = require "neap.task.loop"
local registry = require "neap.kernel.registry"
local reraise = require "neap.task.reraise"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"
local vm = require "neap.kernel.vm"

local error, huge = error, math.huge
local state = runs.state

local run = {}

local function refuse_nested(begins_run)
  local reason = scheduler.current_task() and loop.RUNNING or loop.refusal(begins_run)
  if reason then error(reason, 3) end
end

--- The end of the main task.
local function main_ended(self)
  self.is_reached = true
end


--- The loop of `run`: until the main task has ended, then until all others have, and those that a
-- handler of failures spawns when it is told of the last.
---@return string? report  of a deadlock
---@return string|false|nil traceback  of where the main task waited
---@return string? where  its function is
local function until_over(main)
  local goal = { is_reached = false, ended = main_ended, main = main }
  local report, traceback, where
  main:observe(goal)
  if not loop.drive(goal) then
    traceback, where = main.thread and vm.traceback(main.thread), vm.definition(main.fn)
    report = deadlock.resolve()
  elseif main.state ~= "returned" or not loop.drive(nil, true) then
    deadlock.cancel_all()
  end
  if main.state == "failed" then failures.seen(main) end
  failures.flush()
  if registry.alive() > 0 and not loop.drive(nil, true) then deadlock.cancel_all() end
  return report, traceback, where
end


--- Ticks and sleeps until no task is left, nothing can happen in time, or the time is up.
local function run_out(deadline)
  local host = clock.host()
  while registry.alive() > 0 do
    local is_busy, left = scheduler.tick(), deadline - clock.now()
    local idle = is_busy and 0 or loop.idle_time()
    if left <= 0 or not idle or idle > left or idle > 0 and not host.sleep then return end
    if idle > 0 then loop.sleep(idle) end
    scheduler.wake_due()
  end
end


--- Cancels all tasks, and runs their finalizers, until a deadline: those that are not done then are
-- given up, and reported.
---@return boolean done  whether all were
local function end_all(deadline)
  local done = true
  deadlock.cancel_at_rest()
  run_out(deadline)
  while deadlock.cancel_at_rest() or deadlock.give_up_one(true) do
    done = false
    run_out(deadline)
  end
  return done
end


--- Reports the last failures. Whom a handler spawns for them comes too late, unless the host has
-- failed: then tasks stay as they are.
local function flush(ok)
  failures.flush()
  if ok and registry.alive() > 0 then loop.enter(deadlock.cancel_all) end
end


--- Runs a task to its end, and all others to theirs.
---@param main neap.inside.Task  it is in a queue already
---@param previous? table  the run that is put in place again after it
function run.until_done(main, previous)
  local ok, err, traceback, where = loop.enter(until_over, main)
  -- Nobody will go on with a run of its own whose host has failed. Where the caller may sleep once
  -- more, finalizers may wait.
  if previous and not (ok or loop.enter(deadlock.cancel_all)) then loop.enter(end_all, -huge) end
  flush(ok)
  if previous then runs.enter(previous) end
  if not ok or err then return reraise(err, traceback, where) end
  return main:wait()
end


--- Runs main as a task until no task is left.
--
-- If main fails, the other tasks are cancelled and its error is raised; tasks that can never wake
-- again once main has ended are cancelled, and their finalizers run. Called from inside a task it
-- raises. Where the host itself raises, in its `now` or `sleep`, so does run: the tasks stay as
-- they are, and go on in the next run. Under a host with `shared = true` others may call `run`
-- while this one sleeps: each has tasks, timers and failures of its own, and its tasks are
-- cancelled if the host raises.
---@param main function
---@param ... any  its arguments
---@return any ...  main's results
function run.run(main, ...)
  check.callable(main, 1, "run")
  local host = clock.host()
  if host.begin then host.begin() end
  refuse_nested(true)
  if not host.sleep then
    error("this host cannot sleep: spawn tasks, and call neap.step() from the host's loop", 2)
  end
  local previous = state.home and runs.enter(runs.new())
  return run.until_done(tasks.spawn(main, ...), previous)
end


--- Runs one tick, for hosts that own the main loop. Never raises a deadlock. Failures that nobody
-- waits for are reported within a second, or when no task lives any more.
---@return number? seconds  0 if tasks are ready, the time to the next deadline, math.huge when only
--- something outside can wake a task, nil when no task lives
function run.step()
  refuse_nested(false)
  local ok, err = loop.enter(scheduler.tick)
  if not ok then error(err, 0) end
  failures.report_old()
  local idle = loop.idle_time()
  if idle then return idle end
  if registry.alive() > 0 then return huge end
  failures.flush()
  return registry.alive() > 0 and 0 or nil
end


--- Ends everything, for a program that is about to quit: cancels all tasks, runs their finalizers,
-- and reports what has failed. Finalizers that are not done in time are given up, and reported.
---@param limit? number|string  a duration; 1 second if absent
---@return boolean done  whether all finalizers were
-- Raises inside of a task.
function run.close(limit)
  local seconds = limit == nil and 1 or duration(limit, 1, "close")
  refuse_nested(false)
  local ok, done = loop.enter(function() return end_all(clock.now() + seconds) end)
  flush(ok)
  if not ok then error(done, 0) end
  return done
end

return run
