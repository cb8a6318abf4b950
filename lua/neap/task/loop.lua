--- The loop: ticks, and the host's sleep in between.
--
-- It runs in the host thread, inside of `run`, `step`, or a wait of the host's own. While it is at
-- work nothing else may enter it: not a handler of errors, nor the host's `now` and `sleep`. Where
-- the host lets several runs be under way, each is put aside while it sleeps (neap.kernel.runs).

---@diagnostic disable: need-check-nil, param-type-mismatch
local clock = require "neap.kernel.clock"
local foreign = require "neap.kernel.foreign"
local recovery = require "neap.kernel.recovery"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local vm = require "neap.kernel.vm"

local huge, min, next, pcall, setmetatable = math.huge, math.min, next, pcall, setmetatable
local running, status = vm.running, vm.coroutine.status
local enter, state, stuck, tick = runs.enter, runs.state, runs.stuck, scheduler.tick

local loop = {}

--- What is raised where the loop is at work already.
loop.RUNNING = "the scheduler is already running"

--- A run that others can wake looks so often, in seconds, whether one has, if its host cannot end a
-- sleep early; and whether there are such others, if it waits for nothing else.
local SLICE, LOOK = 0.01, 1

--- After so many ticks that leave tasks ready, a run lets others have a turn.
local TURN = 10

--- What `is_reached` is when the host has been changed instead: `drive` has to look at the new one.
local HOST = "host"

--- No sleep is longer than this, in seconds: for whom there has to be a tick from time to time.
loop.longest_sleep = huge

--- The same, for a host that is chosen while the loop is at work.
loop.longest_of_others = huge

--- The thread that loaded neap. It may be one of many, and is not held.
---@type { thread: thread? }
loop.loader = setmetatable({ thread = running() }, { __mode = "v" })
local loader = loop.loader

runs.declare_near {
  host_thread = false, -- the thread that called `run` or `step` last
  is_active = false, -- whether the loop is at work
}
runs.declare {
  driver = false, -- the thread in which it is, or was
  is_unprotected = false, -- whether an error of the host's would not be caught here
  goal = false, -- the goal that `drive` runs for
  has_run = false, -- whether the loop was ever at work
}

-- Whoever spawns and never lets anything run is told when this Lua is closed.
vm.on_close(function()
  local alive = registry.alive()
  if alive == 0 or state.has_run then return end
  vm.write_error("neap: " .. alive .. (alive == 1 and " task" or " tasks")
    .. " never ran: call neap.run, or neap.step in your own loop")
end)


--- Whether the running thread is the host's: the VM's main one, the one that called `run` or `step`
-- last, or the one that loaded neap, where that is not one of many.
function loop.is_host()
  local me, is_main = running()
  return not me or me == state.host_thread or is_main == true
    or me == loader.thread and not state.home
end


--- Why the loop cannot be entered now, if so.
---@param begins_run? boolean  whether it is to be a run of its own, if the host lets several be
function loop.refusal(begins_run)
  if state.bar then return state.bar end
  if not state.is_active or begins_run and state.is_asleep then return nil end
  -- A host that has failed where that is not caught has left the loop as it was: it is gone, or
  -- calls again although no task runs.
  local driver = state.driver
  local has_failed = state.is_unprotected
    and (status(driver) == "dead" or running() == driver and not scheduler.current_thread())
  if not has_failed then return loop.RUNNING end
  if state.home then enter(runs.first) end
  return nil
end


--- Sets the host, unless the clock of somebody would jump, or a wait be lost, that has begun under
-- the one before. A run's main task, as long as it is alone, may change it: a script of `neap run`
-- is one from its first line. For that task the clock goes on from where it was.
---@param host neap.Host
---@return boolean is_set
function loop.use(host)
  local alive, goal = registry.alive(), state.goal
  if alive == 0 then
    clock.use(host)
    return true
  end
  local main = alive == 1 and goal and goal.main
  if not main or main ~= scheduler.current_task() or state.home then return false end
  if not host.sleep or host.shared then return false end
  clock.change(host)
  loop.longest_sleep = min(loop.longest_sleep, loop.longest_of_others)
  goal.is_reached = HOST
  return true
end


--- Whether a run may wake others: it is at work, or waits for more than for them.
local function can_others_wake()
  local can = false
  runs.each(function(run)
    if run ~= state.home and not stuck[run] then can = true end
  end)
  return can
end


--- The beginning of what is done in the loop.
local function begin(me, home, is_unprotected, fn, ...)
  foreign.pass_to(clock.foreign)
  state.is_active, state.has_run = true, true
  state.driver, state.host_thread = me or false, me or false
  if home then runs.set_under_way(home, true) end
  state.is_unprotected = is_unprotected
  if state.broken_in then recovery.recover() end
  return fn(...)
end


local function leave(home, ok, ...)
  if home then
    enter(home)
    runs.set_under_way(home, false)
    -- Those who wait for others have to look whether there are any left.
    for run in next, stuck do clock.end_sleep(run) end
  end
  state.is_active, state.depth = false, 0
  if not ok then recovery.note((...)) end
  scheduler.set_current(false)
  state.goal, state.is_asleep = false, false
  scheduler.tell("rests")
  return ok, ...
end


--- Runs fn as the loop, in the host thread; `refusal` has given nothing. Where memory ends before
-- errors are caught, nothing has changed.
---@return any ...  fn's results or its error
function loop.enter(fn, ...)
  local me, home = running(), state.home
  -- A host that is a coroutine may yield from its sleep, which 5.1's pcall would not allow.
  local is_unprotected = me ~= nil and not vm.yieldable_pcall
  if is_unprotected then return leave(home, true, begin(me, home, true, fn, ...)) end
  return leave(home, pcall(begin, me, home, false, fn, ...))
end


--- How long until something is to be done.
---@param time? number  the clock's, if it has been read just now
---@return number? seconds  0 if tasks are ready, nil if no deadline is set
function loop.idle_time(time)
  if not scheduler.is_idle() then return 0 end
  local deadline = state.timers:next_deadline()
  if not deadline then return nil end
  local left = deadline - (time or clock.now())
  return left > 0 and left or 0
end


--- Whether a tick would have something to do, or what the loop runs for has come: for a host that
-- can ask while it sleeps.
function loop.has_work()
  if not scheduler.is_idle() then return true end
  if state.goal then return state.goal.is_reached == true end
  return registry.alive() == 0
end


--- Has the host sleep.
---@param seconds number?  nil: until something outside, or another run, wakes a task
---@param is_stuck? boolean  whether only another run can
function loop.sleep(seconds, is_stuck)
  local host, home, longest = clock.host(), state.home, loop.longest_sleep
  if not seconds or seconds > longest then seconds = longest end
  scheduler.tell("sleeps")
  if home then
    longest = not host.wake and can_others_wake() and SLICE or is_stuck and LOOK or huge
    seconds, stuck[home] = min(seconds, longest), is_stuck or nil
    runs.outside(host.sleep, seconds, home)
  else
    host.sleep(seconds)
  end
  scheduler.tell("slept")
end


--- Runs ticks until a goal is reached, sleeping in between. A host that something outside may wake
-- is asked after each tick, with a sleep of 0 while tasks are ready, so that busy tasks hold up no
-- event; one that lets several runs be under way, after some ticks, so that others have a turn. The
-- main task may change the host meanwhile.
---@param goal? table  whoever reaches it sets its field `is_reached`; absent: no task lives
---@param alone? boolean  whether no other run is waited for
---@return boolean  false if nothing can ever happen any more
function loop.drive(goal, alone)
  local host, home, ticks = clock.host(), state.home, 0
  state.goal = goal or false
  while true do
    local is_busy = tick()
    if goal then
      if goal.is_reached then
        if goal.is_reached ~= HOST then return true end
        goal.is_reached, host = false, clock.host()
      end
    elseif registry.alive() == 0 then
      return true
    end
    if home and is_busy and ticks < TURN then
      ticks = ticks + 1
    else
      local pending = host.pending
      local is_pending = pending and pending()
      if is_pending or not is_busy or home then
        -- The tick has read the clock, if there is a timer.
        local idle = is_busy and 0 or loop.idle_time(not pending and state.timers.time or nil)
        local is_stuck = not (idle or is_pending)
        if is_stuck and (alone or not (home and can_others_wake())) then
          recovery.recover() -- a task may have caught an error in the midst of waking another
          if scheduler.is_idle() then return false end
        else
          loop.sleep(idle, is_stuck)
          scheduler.wake_due()
        end
        ticks = 0
      end
    end
  end
end

return loop
