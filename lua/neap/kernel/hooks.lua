--- What is called at the end of each tick, while it is needed: always, once, or when a garbage
-- collection has finished.
--
-- Not every Lua calls a finalizer (`__gc`) for a table, but every Lua clears weak references. So a
-- weak reference to a table that nobody else holds serves as the canary: once it is gone, a
-- collection has run to its end, and other weak references can be looked through.

local runs = require "neap.kernel.runs"

local setmetatable, state = setmetatable, runs.state

runs.declare_near { hook_count = 0 }

runs.declare {
  hooks = {},
  watching = {}, -- the hooks of those who wait for a collection
  untidy = {}, -- whose `tidy` is to be called
}

local hooks = {}

local weak = { __mode = "v" }


--- Undoes `add`. A hook may remove itself, and others.
function hooks.remove(hook)
  local list, count = state.hooks, state.hook_count
  for i = 1, count do
    if list[i] == hook then
      list[i] = list[count]
      list[count], state.hook_count = nil, count - 1
      return
    end
  end
end


--- Has a function called at the end of each tick, until `remove`.
function hooks.add(hook)
  local list, count = state.hooks, state.hook_count
  for i = 1, count do
    if list[i] == hook then return end
  end
  list[count + 1], state.hook_count = hook, count + 1
end


--- Has fn called at the end of each tick that follows a collection, until `unwatch`.
function hooks.watch(fn)
  if state.watching[fn] then return end
  local canary = setmetatable({ {} }, weak)
  local function hook()
    if canary[1] then return end
    canary[1] = {}
    fn()
  end
  state.watching[fn] = hook
  hooks.add(hook)
end


--- Undoes `watch`.
function hooks.unwatch(fn)
  local hook = state.watching[fn]
  if not hook then return end
  hooks.remove(hook)
  state.watching[fn] = nil
end


local function tidy_all()
  local untidy = state.untidy
  hooks.remove(tidy_all)
  while untidy[1] do
    local last = #untidy
    local thing = untidy[last]
    untidy[last] = nil
    thing:tidy()
  end
end


--- Has `thing:tidy()` called at the end of this tick. Whoever makes a table may have the collector
-- call code of the user's: by then nobody is on the way from one place to another.
---@param thing table
function hooks.tidy_later(thing)
  local untidy = state.untidy
  untidy[#untidy + 1] = thing
  hooks.add(tidy_all)
end


--- Calls the hooks.
function hooks.run()
  local list = state.hooks
  for i = state.hook_count, 1, -1 do
    local hook = list[i] -- none, if others have removed it
    if hook then hook() end
  end
end

return hooks
