--- Looks once a second whether tasks wait for each other in a circle, and reports it.
--
-- The host sleeps no longer than that at a time, so that there is a tick to look in; it may always
-- return early. Nothing is woken by it, and no run is kept alive.

local clock = require "neap.kernel.clock"
local failures = require "neap.task.failures"
local hooks = require "neap.kernel.hooks"

local pairs = pairs

--- How long between two looks, in seconds.
local PERIOD = 1

local lookout = {}


--- The host, with a sleep of a second at most.
local function waking(host)
  local copy = {}
  for name, value in pairs(host) do copy[name] = value end
  function copy.sleep(seconds, run)
    return host.sleep(seconds < PERIOD and seconds or PERIOD, run)
  end
  return copy
end


--- Begins to look, in the run that is in place, before its first task.
function lookout.begin()
  local host = clock.host()
  if host.sleep then clock.use(waking(host)) end
  local due = clock.now()
  hooks.add(function()
    local now = clock.now()
    if now < due then return end
    due = now + PERIOD
    failures.report_cycles()
  end)
end

return lookout
