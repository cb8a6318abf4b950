--- Tells when a garbage collection has finished.
--
-- Not every Lua calls a finalizer (`__gc`) for a table, but every Lua clears weak references. So a
-- weak reference to a table that nobody else holds serves as the canary: once it is gone, a
-- collection has run to its end, and other weak references can be looked through. That happens at
-- the end of a tick, and only while somebody watches.

local scheduler = require "neap.scheduler"

local setmetatable = setmetatable

local collected = {}

local canary = setmetatable({}, { __mode = "v" })
local watchers, watcher_count = {}, 0

local function sweep()
  if canary[1] then return end
  canary[1] = {}
  for i = 1, watcher_count do watchers[i]() end
end


--- Calls fn at the end of each tick that follows a collection.
---@param fn fun()
function collected.watch(fn)
  watcher_count = watcher_count + 1
  watchers[watcher_count] = fn
  canary[1] = canary[1] or {}
  scheduler.sweep = sweep
end


--- Undoes `watch`.
---@param fn fun()
function collected.unwatch(fn)
  for i = watcher_count, 1, -1 do
    if watchers[i] == fn then
      watchers[i], watchers[watcher_count] = watchers[watcher_count], nil
      watcher_count = watcher_count - 1
    end
  end
  if watcher_count == 0 then scheduler.sweep = nil end
end

return collected
