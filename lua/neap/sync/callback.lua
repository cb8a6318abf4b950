--- The bridge from functions that call back.

---@diagnostic disable: assign-type-mismatch
local Future = require "neap.sync.future"
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local runs = require "neap.kernel.runs"
local tasks = require "neap.task.task"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"

local pairs, select, type = pairs, select, type
local pack, state, unpack = threads.pack, runs.state, threads.unpack


--- The future that the caller waits for: reports call it "a callback".
---@class neap.Answer: neap.inside.Future
local Answer = {}
for name, member in pairs(Future) do Answer[name] = member end
Answer.__index = Answer
function Answer.describe() return "a callback" end
awaitable.declare(Answer, "future")


--- Calls fn with `last` behind its other arguments.
local function call_with(fn, last, ...)
  local count = select("#", ...)
  if count == 0 then
    fn(last)
  elseif count == 1 then
    fn(..., last)
  else
    local arguments = { ... }
    arguments[count + 1] = last
    fn(vm.unpack(arguments, 1, count + 1))
  end
end


--- Calls fn(..., resume) and waits until somebody calls `resume`, from wherever that is.
---@param fn function
---@param ... any  its arguments, before `resume`
---@return any ...  what `resume` was called with; later calls of it do nothing and return false
-- Raises what fn raises.
local function callback(fn, ...)
  if type(fn) ~= "function" then check.callable(fn, 1, "callback") end
  -- A future is made only if `resume` has not been called by the time that fn returns. If it has,
  -- `count` is no longer false: its arguments are held as `threads.pack` gives them.
  local count, value, future = false, nil, nil
  call_with(fn, function(...)
    if future then return future:resolve(...) end
    if count ~= false then return false end
    count, value = pack(...)
    return true
  end, ...)
  if count == false then
    future = Future.new(Answer)
    return future:wait()
  end
  if state.is_cancelling then tasks.checkpoint() end
  return unpack(count, value)
end

return callback
