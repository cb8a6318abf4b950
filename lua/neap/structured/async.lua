--- `async` and `await`: tasks that look like function calls.

local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local tasks = require "neap.task.task"

local setmetatable, type = setmetatable, type

local async = {}

--- The functions that `async` has made.
local made = setmetatable({}, { __mode = "k" })

--- Called with this as its first argument, such a function runs in the current task. (A function,
-- for arguments are compared with it: a table's `__eq` would be called.)
local function HERE() end


--- Turns a function into one that calls `start(fn, ...)`, unless it is called by `await`.
---@param fn function
---@param start fun(fn: function, ...): any
---@return fun(...): any
function async.wrap(fn, start)
  local function here(_, ...) return fn(...) end
  local function wrapped(...)
    if (...) == HERE then return here(...) end
    return start(fn, ...)
  end
  made[wrapped] = true
  return wrapped
end


--- Turns a function into one that starts a task.
---@param fn function
---@return fun(...): neap.inside.Task
function async.async(fn)
  check.callable(fn, 1, "async")
  return async.wrap(fn, tasks.spawn)
end


--- Waits for an awaitable and returns its results. A function is called in the current task
-- instead, without a task of its own; if `async` has made it, the function that it was made of.
---@param awaited any
---@param ... any  arguments, if that is a function
---@return any ...
function async.await(awaited, ...)
  if type(awaited) == "function" then
    if made[awaited] then return awaited(HERE, ...) end
    return awaited(...)
  end
  local wait = awaitable.check(awaited, 1, "await")
  return wait(awaited, ...)
end

return async
