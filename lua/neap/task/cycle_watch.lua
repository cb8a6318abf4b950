--- Looks once a second whether tasks wait for each other in a circle, and reports it.
--
-- The host sleeps no longer than that at a time, so that there is a tick to look in. Nothing is
-- woken by it, and no run is kept alive.

local clock = require "neap.kernel.clock"
local failures = require "neap.task.failures"
local hooks = require "neap.kernel.hooks"
local loop = require "neap.task.loop"

--- How long between two looks, in seconds.
local PERIOD = 1

local cycle_watch = {}


--- Begins to look, in the run that is in place, before its first task.
function cycle_watch.begin()
  if PERIOD < loop.longest_sleep then loop.longest_sleep = PERIOD end
  local due = clock.now()
  hooks.add(function()
    local now = clock.now()
    if now < due then return end
    due = now + PERIOD
    failures.report_cycles()
  end)
end

return cycle_watch
