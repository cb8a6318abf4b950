--- Which lines are neap's own: they are hidden from users' tracebacks and positions.

local pcall, type = pcall, type

local own = {}

-- An error's position names its file even where there is no debug library to ask.
local _, positioned = pcall(function() error("", 1) end)
local own_source = type(positioned) == "string" and positioned:match("^(.*):%d+: $")
local own_root = own_source and own_source:match("^(.*)neap[/\\]kernel[/\\]own%.lua$")
local own_files = {
  "^(.*)neap[/\\][%a_]+%.lua$", "^(.*)neap[/\\][%a_]+[/\\][%a_]+%.lua$", "^(.*)neap%.lua$",
  "^(.*)task%.lua$", "^(.*)async_await%.lua$",
  "^(.*)ward[/\\]async%.lua$", "^(.*)ward[/\\]time%.lua$",
}


--- Whether two names lead to the same folder. Long ones are cut at their beginning, more or less of
-- it, which three dots show.
local function is_same_root(a, b)
  local whole_a, whole_b = a:gsub("^%.%.%.", ""), b:gsub("^%.%.%.", "")
  if whole_a == a and whole_b == b then return a == b end
  local shorter = #whole_a < #whole_b and #whole_a or #whole_b
  return whole_a:sub(-shorter) == whole_b:sub(-shorter) or shorter == 0
end


--- Whether a "file:line..." text begins in one of neap's own files.
---@param text string
function own.is_own(text)
  local file = own_source and text:match("^(.-):%d+")
  if not file then return false end
  if not own_root then return file == own_source end
  for i = 1, #own_files do
    local root = file:match(own_files[i])
    if root and is_same_root(root, own_root) then return true end
  end
  return false
end


--- The text of an error, without its position if that is one of neap's own lines.
---@param text string
---@return string
function own.strip_position(text)
  if not own.is_own(text) then return text end
  return (text:gsub("^.-:%d+: ", "", 1))
end

return own
