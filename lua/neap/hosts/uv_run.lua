--- `uv.run()` in a task.
--
-- A script that makes libuv's loop the outermost ends with `uv.run()`. Under `neap run` the script
-- is a task, and neap's loop runs libuv's. There `uv.run()` suspends the task until nothing can
-- happen any more (no task is ready, no deadline is set, and nothing keeps libuv's loop alive), or
-- until `uv.stop()`.

local Waiters = require "neap.kernel.waiters"
local loop = require "neap.task.loop"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"

local current_task, state = scheduler.current_task, runs.state

local uv_run = {}

local owner = {}
function owner.describe() return "the end of libuv's loop" end
local waiters = Waiters.new(owner)

--- libuv's own functions; absent while they are not replaced.
local run, stop ---@type any, any


local function run_in_task(mode, ...)
  local is_whole = mode == nil or mode == "default"
  if not (is_whole and state.goal and current_task()) then return run(mode, ...) end
  tasks.wait(waiters)
  return false
end


local function stop_in_task(...)
  waiters:wake_all()
  return stop(...)
end


--- Replaces luv's `run` and `stop`; outside of tasks they do what they did.
---@param uv table  luv
function uv_run.replace(uv)
  if run then return end
  run, stop = uv.run, uv.stop
  uv.run, uv.stop = run_in_task, stop_in_task
end


--- Puts luv's own `run` and `stop` back.
function uv_run.restore(uv)
  if not run then return end
  uv.run, uv.stop = run, stop
  run, stop = nil, nil
end


--- Called when nothing keeps libuv's loop alive: wakes those who wait in `uv.run()`, unless a task
-- is ready, or a deadline is set.
function uv_run.over()
  if not loop.idle_time() then waiters:wake_all() end
end

return uv_run
