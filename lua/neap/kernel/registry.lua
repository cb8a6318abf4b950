--- Which task a thread belongs to.
--
-- `task_of` leads from a thread to its task, for all threads of tasks that have begun and not
-- ended. On Lua 5.1 a `pcall` runs its function in a thread of its own: `callers` leads from that
-- thread to the one that called, or called last; `callees` leads back, to be believed only for
-- a task that was let go (see neap.owned). These two are weak: a chain that its user has dropped is
-- held by nothing here.
--
-- Lua's tables never shrink by themselves, so when a burst of tasks is over, and has been
-- collected, all tables that grow with their number are replaced (neap.census says when). Who keeps
-- one in a local takes the new one in `on_shrink`.

local pairs, getmetatable, setmetatable = pairs, getmetatable, setmetatable

local registry = {
  --- How many tasks have been made (the number of the last one), and how many have ended or are
  --- their users' for now. When so many are gone, `look` is called.
  created = 0, gone = 0, next_look = 0, look = function() end,

  task_of = {},
  callers = setmetatable({}, { __mode = "kv" }),
  callees = setmetatable({}, { __mode = "kv" }),
}

local listeners = {}
local copied = 0


--- A table with the same contents, no larger than they need.
---@param old table
---@return table
local function copy(old)
  local new = setmetatable({}, getmetatable(old))
  for key, value in pairs(old) do
    new[key] = value
    copied = copied + 1
  end
  return new
end
registry.copy = copy


--- Has a function called now, and whenever the tables have been replaced: it takes the new ones,
-- and may replace some of its own.
---@param listener fun()
function registry.on_shrink(listener)
  listeners[#listeners + 1] = listener
  listener()
end


--- Replaces the tables: a burst of tasks is over.
---@return integer entries  that they hold
function registry.shrink()
  copied = 0
  registry.task_of = copy(registry.task_of)
  registry.callers, registry.callees = copy(registry.callers), copy(registry.callees)
  for i = 1, #listeners do listeners[i]() end
  return copied
end


--- The thread in which a chain of pcalls begins.
---@param thread thread?
---@return thread?
function registry.root_of(thread)
  local callers = registry.callers
  while thread and callers[thread] do thread = callers[thread] end
  return thread
end

return registry
