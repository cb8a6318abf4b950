--- Tells when a garbage collection has finished.
--
-- Not every Lua calls a finalizer (`__gc`) for a table, but every Lua clears weak references. So a
-- weak reference to a table that nobody else holds serves as the canary: once it is gone, a
-- collection has run to its end, and other weak references can be looked through. That happens at
-- the end of a tick, and only while somebody watches.

local hooks = require "neap.kernel.hooks"
local runs = require "neap.kernel.runs"

local setmetatable = setmetatable
local state = runs.state

--- The hooks of the functions that watch.
runs.declare("watching", function() return {} end)

local collected = {}

local weak = { __mode = "v" }


--- Calls fn at the end of each tick that follows a collection.
---@param fn fun()
function collected.watch(fn)
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
---@param fn fun()
function collected.unwatch(fn)
  local hook = state.watching[fn]
  if not hook then return end
  hooks.remove(hook)
  state.watching[fn] = nil
end

return collected
