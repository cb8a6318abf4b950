--- `all`, `any` and `settle`: waiting for several awaitables at once.
--
-- Each is waited for by a helper task in a scope, so that an early end, or a cancelled caller,
-- leaves no wait behind. What is waited for is not touched: tasks go on.

local Future = require "neap.future"
local Scope = require "neap.scope"
local awaitable = require "neap.awaitable"
local check = require "neap.check"
local protected = require "neap.protected"
local vm = require "neap.vm"

local combine = {}


local function check_list(list, name)
  check.type(list, "table", 1, name, 2)
  for i = 1, #list do awaitable.check(list[i], 1, name, " at index " .. i, 2) end
end


local function wait_for(awaited)
  return awaitable.wait_of(awaited)(awaited)
end


--- Waits until all have ended well.
---@param list table[]  awaitables
---@return table results  the first result of each, in the order of the list; their number in `n`
-- Raises the first error, in the order of time.
function combine.all(list)
  check_list(list, "all")
  local results = { n = #list }
  Scope.within(Scope.new(), function(scope)
    for i = 1, #list do
      scope:spawn(function() results[i] = wait_for(list[i]) end)
    end
  end)
  return results
end


--- Waits until one has ended well.
---@param list table[]  awaitables, at least one
---@return any ...  its results
-- Raises the error of the last one to fail, if all do.
function combine.any(list)
  check_list(list, "any")
  if #list == 0 then
    check.fail(1, "any", "a list with at least one awaitable expected, got an empty one")
  end
  local winner, failed = Future.new(), 0
  local function settle(ok, ...)
    if ok then return winner:resolve(...) end
    failed = failed + 1
    if failed == #list then winner:reject((...)) end
  end
  Scope.within(Scope.new(), function(scope)
    for i = 1, #list do
      scope:spawn(function() settle(protected.pcall(wait_for, list[i])) end)
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
  check_list(list, "settle")
  local outcomes = {}
  Scope.within(Scope.new(), function(scope)
    for i = 1, #list do
      scope:spawn(function() outcomes[i] = outcome(protected.pcall(wait_for, list[i])) end)
    end
  end)
  return outcomes
end

return combine
