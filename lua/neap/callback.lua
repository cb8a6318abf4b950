--- The bridge from functions that call back.

local Future = require "neap.future"
local check = require "neap.check"
local vm = require "neap.vm"


--- Calls fn(..., resume) and waits until somebody calls `resume`, from wherever that is.
---@param fn function
---@param ... any  its arguments, before `resume`
---@return any ...  what `resume` was called with; later calls of it do nothing and return false
-- Raises what fn raises.
local function callback(fn, ...)
  check.callable(fn, 1, "callback")
  local future = Future.new()
  local packed = vm.pack(...)
  packed[packed.n + 1] = function(...) return future:resolve(...) end
  fn(vm.unpack(packed, 1, packed.n + 1))
  return future:wait()
end

return callback
