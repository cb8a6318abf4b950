--- Calls that the program makes outside of neap: in a fiber, or in a task of its own.
--
-- There a function may use all that the program has for waiting, and only the task that has called
-- waits for it. Where a task waits for its call is a place like any other: whoever is cancelled
-- there lets go of the call, which is then stopped, where the program can do that.

local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"
local threads = require "neap.kernel.threads"
local check = require "neap.check"

local error, pcall, setmetatable = error, pcall, setmetatable
local state = runs.state

local outside = {}

--- How many calls each run waits for.
---@type table<table, integer>
local counts = setmetatable({}, { __mode = "k" })


---@class neap.Call
---@field private way neap.Way  how the program makes it
---@field private fn function
---@field private count integer?  of its arguments, and then results, as `threads.pack` gives them
---@field private value any
---@field private waiter table|false  who waits for it
---@field private run table  where that one lives
---@field private handle any  what `start` has returned
---@field private ok boolean?  whether fn has returned, once it is over
local Call = {}
Call.__index = Call


--- The call is over.
local function over(self, ok, ...)
  self.ok = ok
  self.count, self.value = threads.pack(...)
  local waiter = self.waiter
  if not waiter then return end
  self:remove(waiter)
  waiter:wake()
end


function Call:park(waiter)
  local run = state.home or runs.first
  self.waiter, self.run, waiter.place = waiter, run, self
  counts[run] = (counts[run] or 0) + 1
  local started, handle = pcall(self.way.start, function()
    return over(self, pcall(self.fn, threads.unpack(self.count, self.value)))
  end)
  if not started then return over(self, false, handle) end
  self.handle = handle
end


function Call:remove(waiter)
  local run, stop = self.run, self.way.stop
  waiter.place, self.waiter = false, false
  counts[run] = counts[run] - 1
  if self.ok == nil and stop then pcall(stop, self.handle) end
end


function Call:describe() return self.way.name end


--- How a program makes calls.
---@class neap.Way
---@field name string  for reports
---@field start fun(body: fun()): any  has `body` called soon, but not before it returns
---@field stop? fun(handle: any)  stops what `start` has returned; absent: what comes is dropped

--- Makes the function `call` of a host.
---@param way neap.Way
---@return fun(fn: function, ...: any): any ...
function outside.caller(way)
  return function(fn, ...)
    check.callable(fn, 1, "call")
    local count, value = threads.pack(...)
    local call = setmetatable({ way = way, fn = fn, count = count, value = value }, Call)
    tasks.wait(call)
    if not call.ok then error(call.value, 0) end
    return threads.unpack(call.count, call.value)
  end
end


--- Whether something outside may still wake a task of the run that is in place: the `pending` of a
-- server. Whatever its main task waits for, the next request may bring it; once that task has
-- ended, only calls that are under way count.
---@return boolean
function outside.pending()
  return state.sought ~= false or (counts[state.home or runs.first] or 0) > 0
end

return outside
