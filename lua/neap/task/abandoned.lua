--- Runs whose host coroutine is gone.
--
-- An engine may end the coroutine that a run sleeps in without a word: the client of a request has
-- hung up. Nothing of the run ever goes on then, but its tasks may stand in lists that others know,
-- take what is meant for the living, hold locks, and owe finalizers. That the coroutine is gone
-- tells a guard, which only its stack holds while it is suspended: the run does not hold the
-- coroutine meanwhile. When the guard has been collected, the run is one to be ended.

local deadlock = require "neap.task.deadlock"
local failures = require "neap.task.failures"
local loop = require "neap.task.loop"
local runs = require "neap.kernel.runs"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"

local next = next

--- Whether a run is being ended for that.
runs.declare { is_abandoned = false }

local abandoned = {}

--- The runs to be ended, as keys: the collector may add one at any time, also while one is taken.
local lost = {}


--- Guards that watch over nobody: making one costs as much as a sleep. (They are held: on LuaJIT a
-- weak table would still give one away whose finalizer is about to run.)
local idle = { count = 0 }

local function new_guard()
  local guard = { run = false }
  guard.object = vm.new_guard(function()
    local run = guard.run
    if run and run.is_active then lost[run] = true end
  end)
  return guard
end


local function resumed(run, guard, driver, ...)
  run.driver, run.host_thread, guard.run = driver, driver, false
  threads.put(idle, guard)
  return ...
end


--- Calls fn, which suspends the coroutine that a run is at work in, while that is put aside.
---@param run table
---@param fn function
---@param ... any  its arguments
---@return any ...  its results
function abandoned.suspend(run, fn, ...)
  if run == runs.first then return fn(...) end
  local guard, driver = threads.take(idle) or new_guard(), run.driver
  guard.run, run.driver, run.host_thread = run, false, false
  return resumed(run, guard, driver, fn(...))
end


--- Whether there are runs to be ended.
function abandoned.found() return next(lost) ~= nil end


--- Cancels what is left in them, and runs its finalizers; for a coroutine of the engine's that may
-- be suspended.
function abandoned.finish()
  local run = next(lost)
  while run do
    lost[run] = nil
    -- It stopped in the midst of whatever it did. Its threads have been made for what is no more.
    run.pool, run.idle_thread, run.current, run.bar, run.depth, run.is_abandoned =
      threads.new_pool(), false, false, false, 0, true
    local previous = runs.enter(run)
    local ok, err = loop.enter(deadlock.cancel_all)
    failures.flush()
    if not ok then failures.report(err, nil, nil, "the end of an abandoned run") end
    runs.enter(previous)
    run = next(lost)
  end
end

return abandoned
