--- Which tasks there are.
--
-- `task_of` leads from a thread to its task, for all threads of tasks that have begun and not
-- ended. `postponed` knows those that are to begin, or were, when a place wakes them (a delayed
-- function, a job of a pool). The others that have not begun are in the scheduler's queues.
--
-- On Lua 5.1 a `pcall` runs its function in a thread of its own: `callers` leads from that thread
-- to the one that called, or called last.
--
-- Lua's tables never shrink by themselves, so when a burst of tasks is over, and has been
-- collected, all tables that grow with their number are replaced.

---@diagnostic disable: inject-field, need-check-nil, undefined-field
local hooks = require "neap.kernel.hooks"
local runs = require "neap.kernel.runs"
local threads = require "neap.kernel.threads"

local next, getmetatable, setmetatable = next, getmetatable, setmetatable
local state = runs.state

runs.declare_near {
  made = 0, -- how many tasks there have been: the number of the last one
  gone = 0, -- how many have ended, or are their users' for now
  next_look = 0, -- when so many are gone, it is time to look whether a burst is over
}

runs.declare {
  postponed = setmetatable({}, { __mode = "k" }),
  most_alive = 0, -- the most there were of late
}

local registry = {}

--- How many tasks at once, or threads let go, make a burst.
local BURST = 1000

--- The fields of a run that hold tables which grow with the number of tasks.
local growing = {}

--- The weak tables that hold threads: each stands in the field `map`, where a new one may take its
-- place.
local holders = {}

local weak = { k = { __mode = "k" }, kv = { __mode = "kv" } }

--- Declares a field of a run (neap.kernel.runs) that is a table which grows with the number of
-- tasks: one like this, which is empty.
function registry.declare(name, like)
  growing[#growing + 1] = name
  runs.declare_near { [name] = like }
end

registry.declare("task_of", {})


--- A weak table with threads as its keys, in the field `map` of what is returned.
---@param mode "k"|"kv"
function registry.map(mode)
  local holder = { map = setmetatable({}, weak[mode]), let_go = 0 }
  holders[#holders + 1] = holder
  return holder
end

registry.callers = registry.map("kv")

--- Threads that will never be resumed again, whatever the VM calls their status.
registry.killed = registry.map("k")


--- A table of the same kind, and empty.
local function empty_like(old) return setmetatable({}, getmetatable(old)) end

--- Puts the contents of a table into a new one. Nothing here allocates but the new one as it grows,
-- and on Lua 5.1 a generic `for` might call the collector, too.
local function copy(old, new)
  local copied, key, value = 0, next(old)
  while key ~= nil do
    new[key], copied = value, copied + 1
    key, value = next(old, key)
  end
  return new, copied
end


local function shrink()
  local entries, copied, fresh = 0, nil, {}
  state.pool = threads.new_pool()
  for i = 1, #growing do fresh[i] = empty_like(state[growing[i]]) end
  runs.change(function()
    for i = 1, #growing do
      state[growing[i]], copied = copy(state[growing[i]], fresh[i])
      entries = entries + copied
    end
  end)
  for i = 1, #holders do
    holders[i].map, copied = copy(holders[i].map, empty_like(holders[i].map))
    entries = entries + copied
  end
  -- Until what is dead has been collected, the new tables are as large as the old ones.
  if entries <= 4 * registry.alive() + BURST then hooks.unwatch(shrink) end
end


--- How many tasks have not ended.
function registry.alive() return state.made - state.gone end


--- Looks whether a burst is over, whenever so many more are gone.
function registry.look()
  local alive = registry.alive()
  state.next_look = state.gone + BURST
  if alive > state.most_alive then
    state.most_alive = alive
  elseif state.most_alive > BURST and alive * 4 < state.most_alive then
    state.most_alive = alive
    hooks.watch(shrink)
  end
end


--- Puts a thread into a map that holds it until it is collected.
function registry.let_go(holder, thread, value)
  holder.map[thread], holder.let_go = value, holder.let_go + 1
  if holder.let_go < BURST then return end
  holder.let_go = 0
  hooks.watch(shrink)
end


--- The thread in which a chain of pcalls begins.
function registry.root_of(thread)
  local callers = registry.callers.map
  while thread and callers[thread] do thread = callers[thread] end
  return thread
end


--- Whether a thread is another, or stands in a pcall of it.
---@param outer thread|false
function registry.is_within(thread, outer)
  local callers = registry.callers.map
  while thread ~= outer do
    if not thread then return false end
    thread = callers[thread]
  end
  return true
end

return registry
