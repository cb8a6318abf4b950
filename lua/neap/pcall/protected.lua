--- `pcall` and `xpcall` that can be waited in.
--
-- Where the VM's own pcall can be yielded through, this is it. Lua 5.1's cannot, so there the
-- function runs in a thread of its own (see neap.pcall.children).

local check = require "neap.check"
local children = require "neap.pcall.children"
local ending = require "neap.task.ending"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local vm = require "neap.kernel.vm"

local pcall, status = pcall, vm.coroutine.status
local is_over, root_of, running, state = ending.is_over, registry.root_of, vm.running, runs.state
local NO_HANDLER, call = children.NO_HANDLER, children.call

local protected = { traceback = children.traceback }

--- As coroutine.status. A thread that was cancelled is dead, also where the VM cannot close it; one
-- that stands in pcalls of Lua 5.1's is what the innermost of their threads is.
local function status_of(thread)
  check.type(thread, "thread", 1, "status")
  if is_over(thread) then return "dead" end
  if thread == root_of(running()) then return "running" end
  local task = state.task_of[thread]
  return status(task and task.thread or thread)
end
protected.status = status_of


if vm.yieldable_pcall then
  protected.pcall = pcall
  protected.xpcall = vm.xpcall

  --- Puts xpcall in place of the global, a debug.traceback that hides neap's own lines, and, where
  -- the VM cannot close threads, a coroutine.status that knows those which were cancelled.
  function protected.install()
    vm.set_global("xpcall", protected.xpcall)
    vm.set_traceback(protected.traceback)
    if not vm.can_close then vm.set_in_coroutine("status", status_of) end
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
-- threads of nested pcalls, a coroutine.running that gives the thread they began in, and a
-- coroutine.status that answers for all of them.
function protected.install()
  vm.set_global("pcall", protected.pcall)
  vm.set_global("xpcall", protected.xpcall)
  vm.set_traceback(protected.traceback)
  vm.set_in_coroutine("running", function() return root_of(running()) end)
  vm.set_in_coroutine("status", status_of)
end

return protected
