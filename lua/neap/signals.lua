--- What a signal does to a program: it ends the run, finalizers and all, or tells of its tasks.
--
-- The host notices signals, and has the code that runs interrupted: any of it, at any instruction.
-- What is done about the signal waits for the end of the tick, which is near as a rule. If it does
-- not come, for a task does not wait, it is done right there; and that task is told to end, and
-- ends at the next instruction of its own. Code of neap's is never ended, nor is it disturbed, for
-- it may have changed half of what it is about to change.

local clock = require "neap.kernel.clock"
local deadlock = require "neap.task.deadlock"
local hooks = require "neap.kernel.hooks"
local loop = require "neap.task.loop"
local neap = require "neap"
local positions = require "neap.kernel.positions"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"

local pairs, state = pairs, runs.state

--- Those that change what `hooks.add` does.
local changing = {}
for _, fn in pairs(hooks) do changing[fn] = true end

--- How long a sleep may be that a signal does not end, in seconds.
local ATTENTION = 0.1

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
  if state.sought then state.sought.is_reached = true end
  deadlock.cancel_each()
end


--- Does what the signals that have come ask for.
local function act()
  hooks.remove(act)
  for what in signals.take do
    if what == "dump" then neap.dump() else end_run() end
  end
end


--- Has the loop look after each tick at a number, which is not 0 while there is a signal to take:
-- for a VM whose compiled code is not interrupted, the loop's own included.
---@param number { [0]: integer }
function signals.look_at(number)
  local host = clock.host()
  local pending = host.pending
  function host.pending()
    if number[0] ~= 0 then hooks.add(act) end
    return pending ~= nil and pending()
  end
end


--- Has no sleep last long that a signal does not end: those of other hosts than the system's, one
-- that the script chooses later among them.
---@param can_be_ended boolean  whether the sleep of the host that is in place can be ended
function signals.limit_sleeps(can_be_ended)
  loop.longest_of_others = ATTENTION
  if not can_be_ended then loop.longest_sleep = ATTENTION end
end


--- Called by the host in the midst of the code that runs, at any of its instructions.
---@param is_late boolean  whether the end of this tick has been waited for already
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
