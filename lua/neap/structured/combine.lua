--- `all`, `any` and `settle`: waiting for several awaitables at once.
--
-- Each is waited for by a helper task in a scope, so that an early end, or a cancelled caller,
-- leaves no wait behind. What is waited for is not touched: tasks go on.

local Future = require "neap.sync.future"
local Scope = require "neap.structured.scope"
local awaitable = require "neap.kernel.awaitable"
local protected = require "neap.pcall.protected"
local vm = require "neap.kernel.vm"

local combine = {}


--- Waits until all have ended well.
---@param list table[]  awaitables
---@return table results  the first result of each, in the order of the list; their number in `n`
-- Raises the first error, in the order of time.
function combine.all(list)
  awaitable.check_list(list, "all", true)
  local results = { n = #list }
  Scope.within(Scope.new(), function(scope)
    for i = 1, #list do
      scope:spawn(function() results[i] = awaitable.wait(list[i]) end)
    end
  end)
  return results
end


--- Waits until one has ended well.
---@param list table[]  awaitables, at least one
---@return any ...  its results
-- Raises the error of the last one to fail, if all do.
function combine.any(list)
  awaitable.check_list(list, "any", false)
  local winner, failed = Future.new(), 0
  local function settle(ok, ...)
    if ok then return winner:resolve(...) end
    failed = failed + 1
    if failed == #list then winner:reject((...)) end
  end
  Scope.within(Scope.new(), function(scope)
    for i = 1, #list do
      scope:spawn(function() settle(protected.pcall(awaitable.wait, list[i])) end)
    end
    winner:watch(function() scope:cancel() end)
  end)
  return winner:wait()
end


local function outcome(ok, ...)
  if not ok then return { ok = false, error = (...) } end
  local packed = vm.pack(...)
  packed.ok = true
  return packed
end


--- Waits until all have ended, well or not.
---@param list table[]  awaitables
---@return table outcomes  in the order of the list: `{ ok = true, n = count, ... }` with the
--- results, or `{ ok = false, error = err }`
function combine.settle(list)
  awaitable.check_list(list, "settle", true)
  local outcomes = {}
  Scope.within(Scope.new(), function(scope)
    for i = 1, #list do
      scope:spawn(function() outcomes[i] = outcome(protected.pcall(awaitable.wait, list[i])) end)
    end
  end)
  return outcomes
end

return combine
