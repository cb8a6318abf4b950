--- Hosts that own the loop and have a timer: they call back, and so drive the ticks.
--
-- `after(seconds, fn)` of the host has fn called once, later, in the host's own loop. A tick is
-- asked for when something has become ready since the last one (a task spawned, a future resolved
-- from outside), and for the next deadline. One call is under way at a time, but for late ones,
-- which find that another has come before them.

local clock = require "neap.kernel.clock"
local failures = require "neap.task.failures"
local loop = require "neap.task.loop"
local run = require "neap.task.run"
local runs = require "neap.kernel.runs"
local watchers = require "neap.kernel.watchers"

local huge, state = math.huge, runs.state

local driven = {}

--- The host's function; the number of the call that is under way; when it is due, or huge.
local after, latest, due = nil, 0, huge ---@type any, integer, number

local ask ---@type any


local function tick(number)
  if number ~= latest then return end
  due = huge
  -- A wait of the host thread runs the tasks at the moment; when it is over, a tick is asked for.
  if loop.refusal() then return end
  local idle = run.step() or huge
  local patience = failures.patience()
  if patience < idle then idle = patience end
  if idle < huge then ask(idle) end
end


--- Has the host call back, unless it is going to by then.
function ask(seconds)
  local time = clock.now() + seconds
  if time >= due then return end
  local number = latest + 1
  latest, due = number, time
  after(seconds, function() return tick(number) end)
end


--- Something has become ready.
local function alarm()
  if not state.is_active or not loop.refusal() then ask(0) end
end

local watcher = { made = alarm, woken = alarm }

--- The loop was entered by somebody else, and has been left.
function watcher.rests()
  local idle = loop.idle_time()
  if idle and idle < huge then ask(idle) end
end


--- Has a host's timers drive the ticks; or, if it has none to give, no longer.
---@param host neap.Host
function driven.use(host)
  if after then watchers.remove(watcher) end
  after, latest, due = host.after, latest + 1, huge
  if after then watchers.add(watcher) end
end

return driven
