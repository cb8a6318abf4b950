--- The host's clock, and the host itself.

---@diagnostic disable: assign-type-mismatch, return-type-mismatch
local runs = require "neap.kernel.runs"

local error, huge = error, math.huge

local clock = {}

--- Is told what a task yields that is none of neap's requests, where the host has such a function.
---@type (fun(...: any): any ...)?
clock.foreign = nil

--- The longest single sleep that a host asks of its system, in seconds.
clock.LONGEST = 86400

--- Writes a report of a failure that nobody handles, where the host says how; kept when the next
-- host says nothing.
---@type fun(text: string)?
clock.report = nil

local host, host_now, pick = nil, nil, nil
local latest, offset = -huge, 0

--- Sets the host.
---@param contract neap.Host
function clock.use(contract)
  clock.report = contract.report or clock.report
  host, host_now, latest, offset = contract, contract.now, -huge, 0
  clock.foreign = contract.foreign
  runs.share(contract.shared or false)
end


--- Sets the host while somebody may have read the clock, which goes on from where it was.
---@param contract neap.Host
function clock.change(contract)
  local before = clock.now()
  local ahead = before - contract.now()
  clock.use(contract)
  latest, offset = before, ahead
end


--- Says how to find a host if none has been set by the time that one is needed.
---@param find fun(): neap.Host
function clock.find_with(find)
  pick = find
end


--- The host.
---@return neap.Host
function clock.host()
  if not host then
    if not pick then error("no clock: call neap.use(host) first", 0) end
    clock.use(pick())
  end
  return host
end


--- The host's clock, in seconds. Where the host's goes backwards, this one goes on from where it
-- was; where it is NaN, it stands still.
function clock.now()
  local now = ((host_now or clock.host().now)()) + offset
  if now >= latest then
    latest = now
    return now
  end
  if now == now then offset = offset + latest - now end
  return latest
end


--- Makes a host whose clock begins at 0, and is moved forward by its sleep, at once.
---@return neap.Host
function clock.virtual()
  local time = 0
  return {
    is_virtual = true,
    now = function() return time end,
    sleep = function(seconds)
      if seconds < huge then time = time + seconds end
    end,
  }
end


--- Has the host end the sleep of a run early, if it can: the run looks around.
function clock.end_sleep(run)
  local wake = clock.host().wake
  if wake then wake(run) end
end

--- Has a run that sleeps take up what it has got to do.
function clock.rouse(run)
  runs.stuck[run] = nil
  clock.end_sleep(run)
end

return clock
