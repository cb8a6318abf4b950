-- debug.traceback in a task shows the script's lines and none of neap's own.
local neap = require "neap"
local function own_line(text)
  return text:match("neap[/\\]%l+%.lua") or "none"
end
neap.spawn(function()
  local _, text = xpcall(function() error("message", 0) end, debug.traceback)
  print(text:match("^[^\n]*"), own_line(text))
  print(own_line(debug.traceback("text")))
  neap.sleep(1)
  print(own_line(debug.traceback("text")))
end):wait()
local failed = neap.spawn(function() error("message") end)
pcall(failed.wait, failed)
print(own_line(failed:traceback()))
