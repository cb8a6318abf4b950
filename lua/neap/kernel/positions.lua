--- Where a thread stands in its user's code, found often and fast: a traceback would make text of
-- every level, this looks at no more of them than it must, and at each function once.

local registry = require "neap.kernel.registry"
local vm = require "neap.kernel.vm"

local debug = vm.global_value("debug")
local getinfo, info = debug and debug.getinfo, debug and debug.info

local positions = {}

--- Where functions begin, as "file:line", or the file alone for all that is in it; false for those
-- that are not the user's. And the files.
local definitions, files = setmetatable({}, { __mode = "k" }), setmetatable({}, { __mode = "k" })


--- Whether a function is what a file is compiled to. On Luau that begins at line 1, as no other
-- function with no parameters but `...` is likely to.
local function is_whole_file(fn, line)
  if getinfo then return line == "0" end
  local parameters, is_variadic = info(fn, "a")
  return line == "1" and parameters == 0 and is_variadic
end


--- Takes note of a function. Its file's name is the whole one: what a VM makes of it for messages
-- is cut, each by its own rule.
local function learn(fn)
  local file, line = (vm.definition(fn) or ""):match("^(.*):(%d+)$")
  if not file then
    definitions[fn] = false
    return
  end
  file = getinfo and getinfo(fn, "S").source:match("^@(.*)$") or file
  files[fn] = file .. ":"
  definitions[fn] = is_whole_file(fn, line) and file or file .. ":" .. line
end


--- Where a function begins, as above.
---@param fn function|false|nil
---@return string|false
function positions.definition(fn)
  if not fn then return false end
  if definitions[fn] == nil then learn(fn) end
  return definitions[fn]
end
local definition_of = positions.definition


--- The function (false if it is not known) and the line at a level; nothing past the last. A thread
-- is given, or is none: Lua 5.1 has no name for its main one.
local function at(thread, level)
  if not getinfo then
    if thread then return info(thread, level, "fl") end
    return info(level + 1, "fl")
  end
  local found
  if thread then found = getinfo(thread, level, "fl") else found = getinfo(level + 1, "fl") end
  if found then return found.func or false, found.currentline end
end


--- The function at a level of the running thread.
---@param level integer  1 for the caller
---@return function|false|nil fn  false or nil if it is unknown
function positions.running(level)
  local fn = (getinfo or info) and at(nil, level + 1)
  return fn
end


--- The innermost line that is the user's, as "file:line"; nil where it is unknown.
---@param thread? thread|false  the running one if absent
---@param level? integer  so many levels from the innermost on need not be looked at
---@return string?
function positions.of(thread, level)
  if not (getinfo or info) then return nil end
  thread, level = thread or vm.running(), level or 0
  repeat
    local fn, line = at(thread, level)
    while fn ~= nil do
      if definition_of(fn) then return files[fn] .. line end
      level = level + 1
      fn, line = at(thread, level)
    end
    thread, level = thread and registry.callers.map[thread], 0
  until not thread
end

return positions
