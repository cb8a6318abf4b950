-- debug.traceback as a handler gives a string that begins with the message; tables pass it
-- untouched.
local neap = require "neap"
local function fails(message, waits)
  if waits then neap.sleep(1) end
  error(message, 0)
end
local function show(label, ok, trace)
  print(label, ok, type(trace), trace:sub(1, 11))
end
show("at once", xpcall(fails, debug.traceback, "the message"))
show("after a wait", xpcall(fails, debug.traceback, "the message", true))
neap.spawn(function()
  show("in a task", xpcall(fails, debug.traceback, "the message", true))
end):wait()
show("nested", xpcall(function()
  local ok, trace = xpcall(fails, debug.traceback, "the message", true)
  assert(not ok)
  error(trace, 0)
end, debug.traceback))
local raised = {}
local ok, err = xpcall(fails, debug.traceback, raised, true)
print("a table", ok, err == raised)
