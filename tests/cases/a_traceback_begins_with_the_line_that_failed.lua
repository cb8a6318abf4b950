-- Whatever has raised an error, and in whichever function: the traceback begins with that line.
local neap = require "neap"

local function first_line(fn)
  local function outer(...)
    fn(...)
    return "not reached"
  end
  local task = neap.spawn(outer, {})
  pcall(task.wait, task)
  return task:traceback():match("line_that_failed%.lua:(%d+)")
end

print("nothing is there, line 15:", first_line(function(tide)
  local height = tide.high.height
  return height
end))
print("after a wait, line 20:", first_line(function(tide)
  neap.sleep(1)
  tide.high.height = 3
end))
print("not to be called, line 23:", first_line(function(tide)
  tide()
  return tide
end))
print("a text, line 27:", first_line(function()
  error("ebb")
end))
print("a table, line 30:", first_line(function()
  error({ "ebb" })
end))
print("an argument, line 33:", first_line(function()
  ("x"):rep({})
end))

-- So does the one that debug.traceback gives of a coroutine that an error has ended.
local thread = coroutine.create(function(tide)
  return tide.high.height
end)
local text = debug.traceback(thread, select(2, coroutine.resume(thread, {})))
print("a coroutine, line 38:", text:match("stack traceback:.-line_that_failed%.lua:(%d+)"))
