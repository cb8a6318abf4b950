--- A duration is a number of seconds, or a string: "250ms", "1.5s", "2m", "1h30m".

---@diagnostic disable: assign-type-mismatch, need-check-nil, return-type-mismatch
local check = require "neap.check"

local tonumber, type = tonumber, type

local seconds_in = { ms = 0.001, s = 1, m = 60, h = 3600, d = 86400 }

local forms = 'seconds or a string such as "250ms", "1.5s", "2m" or "1h30m"'

local function parse(text)
  local total, rest = 0, text
  repeat
    local number, unit, after = rest:match("^%s*(%d*%.?%d+)%s*(%a+)(.*)$")
    local scale = number and seconds_in[unit]
    if not scale then return nil end
    total, rest = total + tonumber(number) * scale, after
  until rest:match("^%s*$")
  return total
end

--- Reads a duration.
---@param value number|string
---@param position integer  of the argument, for the error
---@param name string  of the public function, for the error
---@param level? integer  1 (the default) if the public function called this one
---@return number seconds  zero for a negative number
-- Raises at the line that called the public function, if it is no duration.
local function duration(value, position, name, level)
  local kind = type(value)
  if kind == "number" and value == value then
    return value > 0 and value or 0
  end
  local seconds = kind == "string" and parse(value)
  if not seconds then
    local got = kind == "string" and '"' .. value .. '"' or kind == "number" and "nan" or kind
    check.fail(position, name, "duration expected, " .. forms .. "; got " .. got, (level or 1) + 1)
  end
  return seconds
end

return duration
