--- A table as text, for an error value that is one: its fields, sorted, two levels deep, in one
-- line.

local concat, sort = table.concat, table.sort
local next, pairs, tostring, type = next, pairs, tostring, type

local fields = {}

--- How many characters the line may have.
local LONGEST = 200

local function by_name(a, b)
  if type(a) == type(b) and (type(a) == "number" or type(a) == "string") then return a < b end
  return type(a) < type(b)
end

--- A table's fields as text, in order.
---@param value table
---@param before fun(a: any, b: any): boolean  whether the name a comes before b
---@param name_of fun(name: any): string  the text of a name that is no string
---@param text_of fun(value: any): string  of a field's value
---@return string
function fields.list(value, before, name_of, text_of)
  local names, parts = {}, {}
  for name in pairs(value) do names[#names + 1] = name end
  sort(names, before)
  for i = 1, #names do
    local name = names[i]
    local label = name == i and "" or type(name) == "string" and name .. " = "
      or "[" .. name_of(name) .. "] = "
    parts[i] = label .. text_of(value[name])
  end
  return parts[1] and "{ " .. concat(parts, ", ") .. " }" or "{}"
end


local function text_of(value, depth)
  if type(value) == "string" then return '"' .. value:gsub("%c", " ") .. '"' end
  if type(value) ~= "table" then return tostring(value) end
  if next(value) == nil then return "{}" end
  if depth == 0 then return "{...}" end
  return fields.list(value, by_name, tostring, function(field) return text_of(field, depth - 1) end)
end


--- Describes a table. Its `__tostring`, `__index` and the like are not called.
function fields.describe(value)
  local text = text_of(value, 2)
  if #text > LONGEST then text = text:sub(1, LONGEST - 3) .. "..." end
  return text
end

return fields
