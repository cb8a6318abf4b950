--- The loop: ticks, and the host's sleep in between.
--
-- It runs in the host thread, inside of `run`, `step`, or a wait of the host's own. While it is at
-- work nothing else may enter it: not a handler of errors, nor the host's `now` and `sleep`.

local census = require "neap.kernel.census"
local clock = require "neap.kernel.clock"
local scheduler = require "neap.kernel.scheduler"
local vm = require "neap.kernel.vm"

local huge, pcall = math.huge, pcall
local running, status = vm.running, coroutine.status
local tick = scheduler.tick

local loop = {}

--- What is raised where the loop is at work already.
loop.RUNNING = "the scheduler is already running"

local is_active, driver, is_unprotected = false, nil, false
local loader_thread = running()

--- The thread that loaded neap, and the one that called `run` or `step` last.
---@type thread?
loop.loader_thread, loop.host_thread = loader_thread, loader_thread

--- The goal that `drive` runs for.
local sought


--- Whether the running thread is the host's: the VM's main one, the one that loaded neap, or the
-- one that called `run` or `step` last.
---@return boolean
function loop.is_host()
  local me, is_main = running()
  return not me or me == loop.host_thread or is_main == true or me == loader_thread
end


--- Why the loop cannot be entered now, if so.
---@return string?
function loop.refusal()
  if scheduler.bar then return scheduler.bar end
  if not is_active then return nil end
  -- A host that has failed while it could not be protected has left its mark: it is gone, or calls
  -- again although no task runs.
  local has_failed = is_unprotected
    and (status(driver) == "dead" or running() == driver and not scheduler.current_thread())
  return not has_failed and loop.RUNNING or nil
end


local function leave(ok, ...)
  is_active, sought = false, nil
  scheduler.set_current(false)
  return ok, ...
end


--- Runs fn as the loop, in the host thread; `refusal` has given nothing.
---@param fn function
---@return boolean ok
---@return any ...  fn's results or its error
function loop.enter(fn, ...)
  local me = running()
  is_active, driver, loop.host_thread = true, me, me
  -- A host that is a coroutine may yield from its sleep, which 5.1's pcall would not allow.
  is_unprotected = me ~= nil and not vm.yieldable_pcall
  if is_unprotected then return leave(true, fn(...)) end
  return leave(pcall(fn, ...))
end


--- How long until something is to be done.
---@return number? seconds  0 if tasks are ready, nil if no deadline is set
function loop.idle_time()
  if not scheduler.is_idle() then return 0 end
  local deadline = scheduler.timers:next_deadline()
  if not deadline then return nil end
  local left = deadline - clock.now()
  return left > 0 and left or 0
end


--- Whether a tick would have something to do, or what the loop runs for has come: for a host that
-- can ask while it sleeps.
---@return boolean
function loop.has_work()
  if not scheduler.is_idle() then return true end
  if sought then return sought.is_reached == true end
  return census.alive() == 0
end


--- Runs ticks until a goal is reached, sleeping in between. A host that something outside may wake
-- is asked after each tick, with a sleep of 0 while tasks are ready, so that busy tasks hold up no
-- event.
---@param goal? table  whoever reaches it sets its field `is_reached`; absent: no task lives
---@return boolean  false if nothing can ever happen any more
function loop.drive(goal)
  local host = clock.host()
  local pending = host.pending
  sought = goal
  while true do
    local is_busy = tick()
    if goal then
      if goal.is_reached then return true end
    elseif census.alive() == 0 then
      return true
    end
    local is_pending = pending and pending()
    if is_pending or not is_busy then
      local idle = is_busy and 0 or loop.idle_time()
      if not (idle or is_pending) then return false end
      host.sleep(idle or huge)
      scheduler.wake_due()
    end
  end
end

return loop
