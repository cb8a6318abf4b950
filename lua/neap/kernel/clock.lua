--- The host's clock, and the host itself.

local clock = {}

local huge = math.huge

--- The longest single sleep that a host asks of its system, in seconds.
clock.LONGEST = 86400

--- Writes a report of a failure that nobody handles, where the host says how; kept when the next
-- host says nothing.
---@type fun(text: string)?
clock.report = nil

local host, host_now = nil, nil
local latest, offset = -huge, 0

--- Sets the host.
---@param contract neap.Host
function clock.use(contract)
  clock.report = contract.report or clock.report
  host, host_now, latest, offset = contract, contract.now, -huge, 0
end


--- The host; `default_host` (set by neap.lua) picks one at its first use, if nobody has set it.
---@return neap.Host
function clock.host()
  if not host then clock.use(clock.default_host()) end
  return host
end


--- The host's clock, in seconds. Where the host's goes backwards, this one goes on from where it
-- was.
---@return number
function clock.now()
  local now = ((host_now or clock.host().now)()) + offset
  if now < latest then
    offset = offset + latest - now
    return latest
  end
  latest = now
  return now
end

return clock
