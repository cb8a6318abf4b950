--- nginx as a host, by lua-nginx-module (OpenResty): each request has runs of its own.
--
--     local nginx = require "neap.hosts.nginx"      -- found by itself
--     local answer = nginx.call(fetch, "/tide")     -- in a task; fetch uses cosockets
--
-- A run sleeps in the light thread that has called `neap.run`; the worker serves others meanwhile.
--
-- What nginx's own functions (a cosocket's, `ngx.sleep`, `ngx.exit`, its coroutines) yield in a
-- task is passed on to nginx: the operation is under way by then, an error could not undo it, and
-- nginx resumes this light thread when it is done. So the whole run waits for it. `call` runs a
-- function in a light thread of its own, so that only the task waits that calls it.

---@diagnostic disable: assign-type-mismatch, need-check-nil
local abandoned = require "neap.task.abandoned"
local calling = require "neap.task.calling"
local clock = require "neap.kernel.clock"
local runs = require "neap.kernel.runs"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"

local ceil, error, min, pcall, tonumber = math.ceil, error, math.min, pcall, tonumber
local co_yield, state = vm.coroutine.yield, runs.state

local ngx, require = vm.global_value("ngx"), vm.global_value("require")

--- How many milliseconds busy tasks may keep the worker to themselves.
local SLICE = 5

---@class neap.hosts.nginx: neap.Host
local host = { shared = true, pending = calling.is_pending }


--- Finds the clock that nginx's timers go by, in milliseconds.
local function find_clock()
  local name = "ngx_" .. ngx.config.subsystem .. "_lua_ffi_monotonic_msec"
  local ffi = require("ffi")
  pcall(ffi.cdef, "long " .. name .. "(void);")
  local read = ffi.C[name]
  return function() return tonumber(read()) end
end

local is_found, milliseconds = pcall(find_clock)
if not is_found then milliseconds = function() return ngx.now() * 1000 end end

local has_semaphores, semaphore = pcall(ngx and require or error, "ngx.semaphore")

--- The semaphore that a run sleeps at, and since when it has kept the worker to itself, in
-- milliseconds.
runs.declare { semaphore = false, busy_since = false }

--- Semaphores that nobody waits at: making one costs more than a sleep.
local idle = { count = 0 }

--- The deadline of the last sleep: `now` returns no less, whatever rounding has done to it.
local least = 0


--- nginx's time.
---@return number seconds
function host.now()
  if not ngx then error("neap.hosts.nginx works inside of nginx", 0) end
  ngx.update_time()
  local now = milliseconds() / 1000
  return now < least and least or now
end


local function resumed(run, ...)
  run.busy_since = false
  return ...
end

--- Calls fn, which suspends the light thread, while its run is put aside.
local function suspend(run, ...) return resumed(run, abandoned.suspend(run, ...)) end


--- Hands nginx what a task yields; meanwhile the whole run waits.
function host.foreign(...) return runs.outside(suspend, state.home, co_yield, ...) end


--- Waits in the light thread, until the time is over or `host.wake` is called.
---@return boolean in_full  whether the time is over
local function wait(run, seconds)
  if not has_semaphores then
    ngx.sleep(seconds)
    return true
  end
  local waker = threads.take(idle) or semaphore.new()
  run.semaphore = waker
  local _, err = waker:wait(seconds)
  run.semaphore = false
  if err and err ~= "timeout" then error(err, 0) end
  threads.put(idle, waker)
  return err == "timeout"
end


--- Suspends the light thread.
---@param seconds number
---@param run? table
function host.sleep(seconds, run)
  run = run or runs.first
  if abandoned.found() then ngx.timer.at(0, abandoned.finish) end
  if seconds == 0 then
    ngx.update_time()
    run.busy_since = run.busy_since or milliseconds()
    if milliseconds() - run.busy_since < SLICE then return end
    seconds = 0.001
  end
  seconds = min(seconds, clock.LONGEST)
  local deadline = host.now() + seconds
  -- nginx cuts it to whole milliseconds: here they are rounded up.
  local whole = (ceil(seconds * 1000 - 0.001) + 0.5) / 1000
  if suspend(run, wait, run, whole) then least = deadline + 1e-6 end
end


if has_semaphores then
  --- Ends the sleep of a run.
  function host.wake(run)
    local waker = run.semaphore
    if waker and waker:count() < 0 then waker:post() end
  end
end


--- Writes to nginx's log of errors.
function host.report(text) ngx.log(ngx.ERR, text) end


local function begin(perform, call, ...)
  call.thread = vm.running()
  return perform(call, ...)
end

local function start(...) return ngx.thread.spawn(begin, ...) end

--- Ends the light thread; of one that has ended, nginx forgets the results. If the request is gone,
-- so is the light thread: to name it would crash the worker.
local function stop(call)
  if not state.is_abandoned then pcall(ngx.thread.kill, call.thread) end
end

--- Calls fn in a light thread of its own; of the run, only the calling task waits. If that is
-- cancelled, the light thread is ended. Outside of every task it is a plain call.
---@type fun(fn: function, ...: any): any ...
host.call = calling.new(start, stop)

return host
