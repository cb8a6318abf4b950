--- Values as text, to be compared with those of another run, which may be in another Lua.
--
-- A table is written with all its fields, sorted; a value whose text differs from run to run (a
-- function, a thread) is written as its type.

local fields = require "neap.fields"

local concat, select, tostring, type = table.concat, select, tostring, type

local function before(a, b)
  if type(a) ~= type(b) then return type(a) < type(b) end
  if type(a) == "number" or type(a) == "string" then return a < b end
  return tostring(a) < tostring(b)
end

---@param outer table<table, true>  the tables that the value stands in
local function text_of(value, outer)
  local kind = type(value)
  if kind == "string" then return '"' .. value .. '"' end
  if kind == "number" then return ("%.14g"):format(value) end
  if kind == "nil" or kind == "boolean" then return tostring(value) end
  if kind ~= "table" then return kind end
  if outer[value] then return "(itself)" end
  outer[value] = true
  local function text_of_field(field) return text_of(field, outer) end
  local text = fields.list(value, before, text_of_field, text_of_field)
  outer[value] = nil
  return text
end


--- The text of some values.
---@param ... any
---@return string
return function(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = text_of((select(i, ...)), {}) end
  return parts[1] and concat(parts, ", ") or "nothing"
end
