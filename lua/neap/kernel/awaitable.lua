--- What can be waited for.
--
-- Anything with a `wait` method is an awaitable, or anything that can be called. It is asked
-- itself, for its metatable may be locked, as those of a program's userdata are. neap's own have
-- three more methods, which let a `select` wait for several at once: `is_ready()` tells whether
-- `wait` would return at once; `place_to_wait()` gives the place to park at, and an argument for
-- its `park`; `claim(waiter)` gives what `wait` would return, from what the woken waiter was
-- handed.

---@diagnostic disable: need-check-nil, return-type-mismatch
local check = require "neap.check"
local kinds = require "neap.kinds"

local getmetatable, pcall, type = getmetatable, pcall, type

local awaitable = {}

--- What `select` gives a `wait` as an argument before the number of the arm, which a task keeps for
-- reports: nobody else's arguments are taken for that. (A function, for the reason that
-- neap.kernel.threads gives.)
function awaitable.ARM() end

--- A seam: chooses which arm of a `select` is taken, if more than one may be ready; nil for the
-- first.
---@type nil|fun(list: table[], first: integer, count: integer): integer
awaitable.prefer = nil

local own = {}

--- Declares a class with these three methods.
---@generic T: table
---@param class T
---@param kind string  what its objects are called
---@return T class
function awaitable.declare(class, kind)
  own[class] = true
  class.__call = class.wait
  kinds.declare(class, kind)
  return class
end


--- Whether a value has the three methods.
function awaitable.is_own(value) return own[getmetatable(value)] or false end


local function wait_field(value) return value.wait end
local function call(value, ...) return value(...) end


--- How to wait for a value: its `wait` method, or `__call`.
---@return function?  to be called with the value
function awaitable.wait_of(value)
  if own[getmetatable(value)] then return value.wait end
  local kind = type(value)
  if kind ~= "table" and kind ~= "userdata" then return nil end
  local ok, wait = pcall(wait_field, value)
  if ok and check.is_callable(wait) then return wait end
  return check.is_callable(value) and call or nil
end


--- Raises unless a value is awaitable.
---@param value any
---@param position integer
---@param name string
---@param where? string  " at index 2"
---@param level? integer
---@return function wait  to be called with the value
function awaitable.check(value, position, name, where, level)
  local wait = awaitable.wait_of(value)
  if not wait then
    check.fail(position, name, "something with a wait method expected" .. (where or "") .. ", got "
      .. type(value), (level or 1) + 1)
  end
  return wait
end


--- Waits for an awaitable that has passed its check.
---@return any ...
function awaitable.wait(value, ...) return awaitable.wait_of(value)(value, ...) end


--- Raises unless a public function's first argument is a list of awaitables.
---@param list any
---@param name string
---@param may_be_empty boolean
---@return integer count  of the list
---@return boolean is_own  whether all of them are neap's own
function awaitable.check_list(list, name, may_be_empty)
  check.type(list, "table", 1, name, 2)
  if own[getmetatable(list)] or list[1] == nil and awaitable.wait_of(list) then
    check.fail(1, name, "a list expected, got an awaitable: wrap it in { }", 2)
  end
  local count, is_own = #list, true
  for i = 1, count do
    if not own[getmetatable(list[i])] then
      is_own = false
      awaitable.check(list[i], 1, name, " at index " .. i, 2)
    end
  end
  if count == 0 then
    check.empty(list, name, 2)
    if not may_be_empty then
      check.fail(1, name, "a list with at least one awaitable expected, got an empty one", 2)
    end
  end
  return count, is_own
end

return awaitable
