--- `uv.run()` in a task.
--
-- A script may end with `uv.run()`, for libuv's loop to be the outermost. Under `neap run` that
-- script is a task, and neap's loop, which has begun before it, runs libuv's. There `uv.run()`
-- waits, like everything that waits, until nothing can happen any more (no task is ready, no
-- deadline is set, and nothing keeps libuv's loop alive), or until `uv.stop()`.

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

--- What libuv's functions are; absent while they are not replaced.
local run, stop ---@type any, any


local function run_in_task(mode, ...)
  local is_whole = mode == nil or mode == "default"
  if not (is_whole and state.sought and current_task()) then return run(mode, ...) end
  tasks.wait(waiters)
  return false
end


local function stop_in_task(...)
  waiters:wake_all()
  return stop(...)
end


--- Has `run` and `stop` do so, in tasks; elsewhere they are what they were.
---@param uv table  luv
function uv_run.replace(uv)
  if run then return end
  run, stop = uv.run, uv.stop
  uv.run, uv.stop = run_in_task, stop_in_task
end


--- Undoes that.
function uv_run.restore(uv)
  if not run then return end
  uv.run, uv.stop = run, stop
  run, stop = nil, nil
end


--- Wakes those who wait in `uv.run()`, unless a task is ready, or will be: nothing keeps libuv's
-- loop alive.
function uv_run.over()
  if not loop.idle_time() then waiters:wake_all() end
end

return uv_run
