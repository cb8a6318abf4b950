--- Functions of the engine's that suspend a coroutine of its own, while only one task waits.
--
-- A task that calls such a function itself has its whole run wait for it, if it may at all. `call`
-- runs it in a new coroutine of the engine's: how one begins and ends, the host says. (The VM's own
-- pcall is around it, so on Lua 5.1 it may not suspend.)

local check = require "neap.check"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"

local error, getmetatable, setmetatable = error, getmetatable, setmetatable
local state, traceback = runs.state, vm.traceback

local calling = {}

--- How many calls are under way.
runs.declare { calls = 0 }

--- A call, and the place where its task waits for it.
---@class neap.Call
---@field stop fun(call: neap.Call)  ends its coroutine
---@field begin? fun()  set by `start` of an engine that may not be asked for a coroutine by one: is
--- called once the task waits, in the thread that has called `run`
---@field is_over boolean
---@field private waiter table|false
---@field private ok boolean?  whether it has returned
---@field private count integer?  of its results, as `threads.pack` gives them
---@field private value any  with them, or its error
---@field private origin string?  the traceback of its error
local Call = {}
Call.__index = Call

--- The end of a call, or of its task.
local function finish(self)
  state.calls = state.calls - 1
  self:stop()
end

function Call:park(waiter)
  self.waiter, waiter.place = waiter, self
  if self.begin then self.begin() end
end

--- The waiting task is taken out: cancelled. What it has called is ended where it was begun, by a
-- finalizer: others may not have the engine do that.
function Call:remove(waiter)
  self.waiter, waiter.place = false, false
  waiter:add_finalizer(finish, nil, self)
end

function Call.describe() return "a call of the engine's" end


--- An error, and the traceback of where it was raised.
local Failure = {}

local function note(err)
  return setmetatable({ value = err, origin = traceback(nil, 2) }, Failure)
end

local function take_error(self, err)
  if getmetatable(err) == Failure then
    self.value, self.origin = err.value, err.origin
  else
    self.value = err -- there was no room left for the handler
  end
end


local function settle(self, ok, ...)
  self.is_over, self.ok = true, ok
  if ok then self.count, self.value = threads.pack(...) else take_error(self, ...) end
  local waiter = self.waiter
  if not waiter then return end
  self.waiter, waiter.place = false, false
  return waiter:wake()
end


--- What the coroutine runs.
local function perform(self, fn, ...) return settle(self, vm.xpcall(fn, note, ...)) end


local function results(self, task)
  if self.ok then return threads.unpack(self.count, self.value) end
  self.raiser, task.raised = task, self
  error(self.value, 0)
end


--- Makes the host's `call(fn, ...)`, which runs fn in a coroutine of the engine's. Of its run, only
-- the calling task waits; if that is cancelled, so is the call. It gives fn's results, or raises
-- its error, the same value; outside of every task it is a plain call.
---@param start fun(perform: function, call: neap.Call, fn: function, ...: any)  has a new coroutine
--- call `perform` with the other arguments
---@param stop fun(call: neap.Call)  ends that coroutine, if it has not ended
---@return fun(fn: function, ...: any): any ...
function calling.new(start, stop)
  return function(fn, ...)
    check.callable(fn, 1, "call")
    local task = scheduler.current_task()
    if not task then return fn(...) end
    local self = setmetatable({
      is_over = false, ok = false, value = false, waiter = false, stop = stop,
    }, Call)
    start(perform, self, fn, ...)
    state.calls = state.calls + 1
    if task.cancel_requested then
      finish(self)
      tasks.checkpoint()
    end
    if not self.is_over then tasks.wait(self) end
    finish(self)
    return results(self, task)
  end
end


--- Whether something outside may still wake a task of this run: the `pending` of a server. Whatever
-- its main task waits for, the next request may bring it; once that task has ended, only calls that
-- are under way count.
---@return boolean
function calling.is_pending() return state.goal ~= false or state.calls > 0 end

return calling
