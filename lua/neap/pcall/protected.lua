--- `pcall` and `xpcall` that can be waited in.
--
-- Where the VM's own pcall can be yielded through, this is it. Lua 5.1's cannot, so there the
-- function runs in a thread of its own (see neap.pcall.children).

local vm = require "neap.kernel.vm"
local registry = require "neap.kernel.registry"
local children = require "neap.pcall.children"

local pcall, running, root_of = pcall, vm.running, registry.root_of
local NO_HANDLER, call = children.NO_HANDLER, children.call

local protected = { traceback = children.traceback }


if vm.yieldable_pcall then
  protected.pcall = pcall
  protected.xpcall = vm.xpcall

  --- Puts xpcall in place of the global, and a debug.traceback that hides neap's own lines.
  function protected.install()
    vm.set_global("xpcall", protected.xpcall)
    vm.set_traceback(protected.traceback)
  end

  return protected
end

--- Calls a function and catches its error, as Lua's own does; the function may wait.
---@param fn function
---@param ... any  its arguments
---@return boolean ok
---@return any ...  its results, or its error, untouched
function protected.pcall(fn, ...) return call(NO_HANDLER, fn, ...) end

--- As `pcall`, with a handler that gets the error and whose result is returned in its place. The
-- stack that raised the error is gone when it is called; `debug.traceback` as the handler still
-- shows it.
---@param fn function
---@param handler function
---@param ... any  fn's arguments
---@return boolean ok
---@return any ...
function protected.xpcall(fn, handler, ...) return call(handler, fn, ...) end


--- Puts pcall and xpcall in place of the globals, and beside them a debug.traceback that joins the
-- threads of nested pcalls and a coroutine.running that gives the thread they began in.
function protected.install()
  vm.set_global("pcall", protected.pcall)
  vm.set_global("xpcall", protected.xpcall)
  vm.set_traceback(protected.traceback)
  vm.set_running(function() return root_of(running()) end)
end

return protected
