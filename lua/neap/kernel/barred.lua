--- Calls functions of the user's where nothing may wait: handlers of errors, to-be-closed
-- variables.

local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"
local watchers = require "neap.kernel.watchers"

local current_thread, set_current = scheduler.current_thread, scheduler.set_current
local state, status = runs.state, vm.coroutine.status


--- Calls fn with errors caught, on a thread that is dropped if it yields.
---@param reason string  the error that a wait raises in there
return function(reason, fn, ...)
  local current, bar, thread = current_thread(), state.bar, vm.create(fn)
  local function lift(...)
    set_current(current)
    state.bar = bar
    if status(thread) == "dead" then return ... end
    vm.close(thread)
    return false, reason
  end
  threads.make_room(16)
  set_current(false)
  state.bar = reason
  return lift(watchers.resume(thread, ...))
end
