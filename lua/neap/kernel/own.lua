--- Which lines are neap's own: they are hidden from users' tracebacks and positions.

local concat, pcall, type = table.concat, pcall, type

local own = {}

--- How many lines a traceback may have, and what is left of a longer one. (Those that the VMs cut
-- themselves are not longer.)
local MOST_LINES, FIRST_LINES, LAST_LINES = 23, 10, 11

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


--- A line of a traceback, of the frame that has raised an error. LuaJIT forgets in which line that
-- was; but what it forgets it for are its own errors, whose text begins with it.
local function with_line(line, err)
  local file = type(err) == "string" and line:match("^(.-): in ")
  if not file or err:sub(1, #file + 1) ~= file .. ":" then return line end
  local number = err:match("^%d+: ", #file + 2)
  return number and file .. ":" .. number .. line:sub(#file + 3) or line
end


--- The VM's traceback without its heading and neap's own lines. Of a deep stack it has the first
-- and the last lines: Luau gives them all.
---@param text string
---@param err? any  the error that has ended the thread
---@return string
function own.strip_traceback(text, err)
  local lines, was_own = {}, false
  for line in (text .. "\n"):gmatch("(.-)\n") do
    local body = line:gsub("^%s+", "")
    if err and #lines == 0 and not was_own then body = with_line(body, err) end
    local is_hidden = own.is_own(body) or was_own and body:find("^%(%.*tail call") ~= nil
    if not is_hidden and body ~= "" and body ~= "stack traceback:" then
      lines[#lines + 1] = "\t" .. body
    end
    was_own = is_hidden
  end
  local count = #lines
  if count <= MOST_LINES then return concat(lines, "\n") end
  local skipped = ("\n\t...\t(skipping %d levels)\n"):format(count - FIRST_LINES - LAST_LINES)
  return concat(lines, "\n", 1, FIRST_LINES) .. skipped
    .. concat(lines, "\n", count - LAST_LINES + 1)
end

return own
