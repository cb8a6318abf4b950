--- Tells when a garbage collection has finished.
--
-- Not every Lua calls a finalizer (`__gc`) for a table, but every Lua clears weak references. So a
-- weak reference to a table that nobody else holds serves as the canary: once it is gone, a
-- collection has run to its end, and other weak references can be looked through. That happens at
-- the end of a tick, and only while somebody watches.

local scheduler = require "neap.kernel.scheduler"

local setmetatable = setmetatable

local collected = {}

local weak = { __mode = "v" }

--- The hooks of the functions that watch.
local hooks = {}


--- Calls fn at the end of each tick that follows a collection.
---@param fn fun()
function collected.watch(fn)
  if hooks[fn] then return end
  local canary = setmetatable({ {} }, weak)
  hooks[fn] = function()
    if canary[1] then return end
    canary[1] = {}
    fn()
  end
  scheduler.add_hook(hooks[fn])
end


--- Undoes `watch`.
---@param fn fun()
function collected.unwatch(fn)
  if not hooks[fn] then return end
  scheduler.remove_hook(hooks[fn])
  hooks[fn] = nil
end

return collected
