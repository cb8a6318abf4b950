--- Values as text, whole, to be compared with those of another run, in another Lua maybe.
--
-- Tables are told by their fields, in order; what has no text that two runs share (a function, a
-- thread) is told by its type.

local concat, sort = table.concat, table.sort
local pairs, select, tostring, type = pairs, select, tostring, type

local function before(a, b)
  if type(a) ~= type(b) then return type(a) < type(b) end
  if type(a) == "number" or type(a) == "string" then return a < b end
  return tostring(a) < tostring(b)
end

local function text_of(value, outer)
  local kind = type(value)
  if kind == "string" then return '"' .. value .. '"' end
  if kind == "number" then return ("%.14g"):format(value) end
  if kind == "nil" or kind == "boolean" then return tostring(value) end
  if kind ~= "table" then return kind end
  if outer[value] then return "(itself)" end
  outer[value] = true
  local names, parts = {}, {}
  for name in pairs(value) do names[#names + 1] = name end
  sort(names, before)
  for i = 1, #names do
    local name = names[i]
    local label = name == i and "" or type(name) == "string" and name .. " = "
      or "[" .. text_of(name, outer) .. "] = "
    parts[i] = label .. text_of(value[name], outer)
  end
  outer[value] = nil
  return parts[1] and "{ " .. concat(parts, ", ") .. " }" or "{}"
end


--- The text of some values.
---@param ... any
---@return string
return function(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = text_of((select(i, ...)), {}) end
  return parts[1] and concat(parts, ", ") or "nothing"
end
