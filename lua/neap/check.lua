--- Checks of arguments. Their errors have the form of Lua's own, and name the caller's line.

local error, getmetatable, next, rawget, type = error, getmetatable, next, rawget, type

local check = {}

--- Raises "bad argument" at the line that called the public function.
---@param position integer  of the argument
---@param name string  of the public function
---@param problem string  what was expected, and what came
---@param level? integer  1 (the default) if the public function called this one
function check.fail(position, name, problem, level)
  level = 2 + (level or 1)
  error("bad argument #" .. position .. " to '" .. name .. "' (" .. problem .. ")", level)
end

--- Checks the type of an argument.
---@param value any
---@param expected string  a type's name
---@param position integer
---@param name string
---@param level? integer
function check.type(value, expected, position, name, level)
  if type(value) ~= expected then
    check.fail(position, name, expected .. " expected, got " .. type(value), (level or 1) + 1)
  end
end

--- Whether a value can be called: a function, or one with a `__call` that is. A value that hides
-- its metatable is taken for one; if it is not, calling it raises.
---@return boolean
function check.is_callable(value)
  local kind = type(value)
  if kind ~= "table" and kind ~= "userdata" then return kind == "function" end
  local metatable = getmetatable(value)
  if type(metatable) ~= "table" then return metatable ~= nil end
  return type(metatable.__call) == "function"
end


--- Checks for something that can be called.
---@param value any
---@param position integer
---@param name string
---@param level? integer
function check.callable(value, position, name, level)
  if check.is_callable(value) then return end
  check.fail(position, name, "function expected, got " .. type(value), (level or 1) + 1)
end

--- A wrong argument in a message: a number as it is, of anything else its type.
---@return string
function check.got(value)
  if type(value) ~= "number" then return type(value) end
  return value == value and ("%g"):format(value) or "nan"
end


--- Checks that a table without items is an empty list, not a table of fields, nor a list whose
-- first item is nil.
---@param list table  of length 0
---@param name string
---@param level? integer
function check.empty(list, name, level)
  if next(list) == nil or rawget(list, "n") == 0 then return end
  check.fail(1, name, "a list expected, got a table whose first item is nil", (level or 1) + 1)
end


--- Checks for a whole number, or math.huge.
---@param value any
---@param least number  the smallest that is allowed
---@param position integer
---@param name string
---@param level? integer
function check.whole(value, least, position, name, level)
  if type(value) ~= "number" then
    check.fail(position, name, "number expected, got " .. type(value), (level or 1) + 1)
  elseif not (value >= least and value % 1 == 0) and value ~= math.huge then
    local problem = ("whole number from %d up expected, got %s"):format(least, check.got(value))
    check.fail(position, name, problem, (level or 1) + 1)
  end
end

return check
