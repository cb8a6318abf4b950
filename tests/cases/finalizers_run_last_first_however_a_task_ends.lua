-- finally registers cleanup for the end of the task: by return, by error, by cancel.
local neap = require "neap"

local function work(ending)
  neap.finally(print, "  first registered, runs last")
  neap.finally(function(...)
    print("  second registered, with " .. select("#", ...) .. " arguments", ...)
  end, 1, nil, "x", nil)
  neap.finally(function() print("  last registered, runs first") end)
  if ending == "return" then return "a result", nil end
  if ending == "error" then error("an error", 0) end
  neap.sleep("1h")
end

for _, ending in ipairs { "return", "error", "cancel" } do
  print("by " .. ending)
  local job = neap.spawn(work, ending)
  neap.yield()
  if ending == "cancel" then job:cancel() end
  print("", pcall(job.wait, job))
end

print("a task that was cancelled before it started has registered none")
local pending = neap.spawn(work, "return")
pending:cancel()
print("", pcall(pending.wait, pending))
neap.finally(print, "at the end of main")
print("main ends")
