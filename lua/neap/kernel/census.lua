--- How many tasks there are.
--
-- Lua's tables never shrink by themselves. So when a burst of tasks is over, or many threads have
-- been let go, the tables that grow with their number are replaced, once what is dead has been
-- collected.

local collected = require "neap.kernel.collected"
local registry = require "neap.kernel.registry"
local threads = require "neap.kernel.threads"

local census = {}

--- How many tasks at once, or threads let go, make a burst.
local BURST = 1000

local most_alive, let_go = 0, 0


local function shrink()
  threads.empty_pool()
  -- Until what is dead has been collected, the new tables are as large as the old ones.
  if registry.shrink() <= 4 * census.alive() + BURST then collected.unwatch(shrink) end
end


--- Looks whether a burst is over, whenever so many more are gone.
function registry.look()
  local alive = census.alive()
  registry.next_look = registry.gone + BURST
  if alive > most_alive then
    most_alive = alive
  elseif most_alive > BURST and alive * 4 < most_alive then
    most_alive = alive
    collected.watch(shrink)
  end
end


--- Counts a thread that a weak table holds until it is collected.
function census.thread_let_go()
  let_go = let_go + 1
  if let_go < BURST then return end
  let_go = 0
  collected.watch(shrink)
end


--- How many tasks have not ended.
---@return integer
function census.alive()
  return registry.created - registry.gone
end

return census
