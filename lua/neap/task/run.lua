--- `run` and `step`: the two ways for a host to let tasks run.

local check = require "neap.check"
local clock = require "neap.kernel.clock"
local deadlock = require "neap.task.deadlock"
local failures = require "neap.task.failures"
local loop = require "neap.task.loop"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"

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


--- The loop of `run`: until the main task has ended, then until all others have.
local function until_over(main)
  local goal = { is_reached = false, ended = main_ended }
  main:observe(goal)
  if not loop.drive(goal) then error(deadlock.resolve(), 0) end
  if main.state ~= "returned" or not loop.drive() then deadlock.cancel_all() end
end


--- Runs a task to its end, and all others to theirs.
---@param main neap.Task  in a queue already
---@param previous? table  the run that is put in place again after it
function run.until_done(main, previous)
  local ok, err = loop.enter(until_over, main)
  if main.state == "failed" then failures.seen(main) end
  failures.flush()
  if previous then runs.enter(previous) end
  if not ok then error(err, 0) end
  return main:wait()
end


--- Runs main as a task until no task is left.
--
-- If main fails, the other tasks are cancelled and its error is raised; tasks that can never wake
-- again once main has ended are cancelled, and their finalizers run. Called from inside a task it
-- raises. Where the host itself raises, in its `now` or `sleep`, so does run: the tasks stay as
-- they are, and go on in the next run. Under a host with `shared = true` others may call `run`
-- while this one sleeps: each has tasks, timers and failures of its own.
---@param main function
---@param ... any  its arguments
---@return any ...  main's results
function run.run(main, ...)
  check.callable(main, 1, "run")
  refuse_nested(true)
  if not clock.host().sleep then
    error("this host cannot sleep: spawn tasks, and call neap.step() from the host's loop", 2)
  end
  local previous = state.home and runs.enter(runs.new())
  return run.until_done(tasks.spawn(main, ...), previous)
end


--- Runs one tick, for hosts that own the main loop. Never raises a deadlock. When no task lives any
-- more, failures that nobody has waited for are reported.
---@return number? seconds  0 if tasks are ready, the time to the next deadline, math.huge when only
--- something outside can wake a task, nil when no task lives
function run.step()
  refuse_nested(false)
  local ok, err = loop.enter(scheduler.tick)
  if not ok then error(err, 0) end
  local idle = loop.idle_time()
  if idle then return idle end
  if registry.alive() > 0 then return huge end
  failures.flush()
  return nil
end

return run
