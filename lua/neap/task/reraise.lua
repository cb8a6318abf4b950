--- Raises the error of a task, which has ended, in the host's thread.
--
-- Whoever is told of an error there, the handler of an xpcall or the interpreter's own command,
-- takes the traceback from the stack on which it is raised. That would show lines of neap, and none
-- of the task, whose own stack is gone. So the task's stack is built again: for each line of its
-- traceback a function, in a chunk of that name, which in that line calls the next; the innermost
-- one raises. The error itself stays as it is.

---@diagnostic disable: call-non-callable, need-check-nil, param-type-mismatch
local vm = require "neap.kernel.vm"

local error, load, rep, tonumber = error, vm.load, string.rep, tonumber

--- How many lines of a traceback are built again: more than Lua ever shows.
local MOST = 50


--- Makes the function for a line.
---@param call string  the code that calls the next one
---@param calls table  what that code needs
---@return function?  nil if it cannot be made
local function frame(file, number, defined, call, calls)
  defined = defined and defined <= number and defined or number
  local chunk = load(rep("\n", defined - 1) .. "local calls = ... return function()"
    .. rep("\n", number - defined) .. call .. " end", "=" .. file)
  return chunk and chunk(calls)
end


--- Builds the stack of a traceback again.
---@return function?  the outermost one: raises the error; nil if there is none
local function build(err, traceback, where)
  local outermost, count = nil, 0
  local name, what, calls = "error", nil, { err, 0, error = error }
  for line in traceback:gmatch("[^\n]+") do
    local file, number, text = line:match("^\t(.-):(%d+): in (.*)$")
    local waiter = line:match("^waited for by (.*):$")
    if waiter and outermost then
      name = (name or what:match("<.*>") or what) .. "', waited for by '" .. waiter
      calls = { [name] = outermost }
    elseif file and count < MOST then
      local call = name and ("calls[%q](calls[1], calls[2])"):format(name) or "calls[1]()()"
      local defined = text:match(":(%d+)>$")
        or where and where:sub(1, #file + 1) == file .. ":" and where:sub(#file + 2)
      local fn = frame(file, tonumber(number), tonumber(defined), call, calls)
      if not fn then break end
      outermost, count, name, what = fn, count + 1, text:match("'(.*)'"), text
      calls = name and { [name] = fn } or { function() return fn end }
    end
  end
  return outermost
end


--- Raises an error from a stack that reads like a traceback.
---@param err any
---@param traceback? string|false
---@param where? string  the file and line where the outermost function begins, if it does not tell
return function(err, traceback, where)
  local outermost = load and traceback and build(err, traceback, where)
  if outermost then return outermost() end
  error(err, 0)
end
