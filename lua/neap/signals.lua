--- What a signal does to a program: it ends the run, finalizers and all, or lists its tasks.
--
-- The host notices signals, and has the code that runs interrupted: any of it, at any instruction.
-- What the signal asks for is done at the end of the tick, which comes soon as a rule. If it does
-- not, for a task does not wait, it is done right there; and that task is told to end, and ends at
-- the next instruction of its own. neap's own code is never ended, nor is anything done in it, for
-- it may be in the middle of a change.

local clock = require "neap.kernel.clock"
local deadlock = require "neap.task.deadlock"
local hooks = require "neap.kernel.hooks"
local loop = require "neap.task.loop"
local neap = require "neap"
local positions = require "neap.kernel.positions"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"

local pairs, state = pairs, runs.state

--- The functions that change the list of hooks: while one runs, `hooks.add` cannot be called.
local changing = {}
for _, fn in pairs(hooks) do changing[fn] = true end

--- How long a sleep may last, in seconds, if a signal does not end it.
local LONGEST = 0.1

local signals = {
  --- Whether a signal has ended the run.
  has_ended = false,
  --- What the next signal that has come asks for: "end", "dump", or nil if there is none. The host
  -- puts its own in place.
  take = function() return nil end,
}


--- Ends the run: the main task is cancelled, then all others, and their finalizers run.
local function end_run()
  signals.has_ended = true
  -- Nobody waits for the end of the main task any longer: what stays is ended.
  if state.goal then state.goal.is_reached = true end
  deadlock.cancel_each()
end


--- Does what the signals that have come ask for.
local function act()
  hooks.remove(act)
  for what in signals.take do
    if what == "dump" then neap.dump() else end_run() end
  end
end


--- Has a number looked at after each tick, which is not 0 while there is a signal to take: by the
-- host's `pending`, which the loop calls then. This is for a VM whose compiled code cannot be
-- interrupted, for the loop's own may be compiled.
---@param number { [0]: integer }
function signals.look_at(number)
  local host = clock.host()
  local pending = host.pending
  function host.pending()
    if number[0] ~= 0 then hooks.add(act) end
    return pending ~= nil and pending()
  end
end


--- Limits the sleeps that a signal does not end: those of any host but the one that is in place
-- now, and its own, too, if they cannot be ended.
---@param can_be_ended boolean  whether a signal ends a sleep of the host that is in place
function signals.limit_sleeps(can_be_ended)
  loop.longest_of_others = LONGEST
  if not can_be_ended then loop.longest_sleep = LONGEST end
end


--- Called by the host in the middle of the code that runs, at any of its instructions.
---@param is_late boolean  whether the tick should have ended by now
---@return "again"|"end"|nil  whether to be called again at the next instruction, or that the code
--- is to be ended; nil if it can go on
function signals.interrupt(is_late)
  local running = positions.running(2)
  local is_own = not positions.definition(running)
  if is_own and (changing[running] or is_late and not loop.is_host()) then return "again" end
  if is_own or not is_late then
    hooks.add(act)
    return nil
  end
  act()
  local task = scheduler.current_task()
  return task and task.cancel_requested and "end" or nil
end

return signals
