-- A task that was cancelled while it ran, and returns without another wait, counts as cancelled.
local neap = require "neap"

neap.on_error(function(err) print("reported: " .. err) end)

local job = neap.spawn(function()
  neap.finally(print, "its finalizer runs")
  print("cancel", neap.current():cancel())
  return "its result is dropped"
end)
print(pcall(job.wait, job))
print(job:status(), job:cancel())

local failing = neap.spawn(function()
  neap.current():cancel()
  error("not silent", 0)
end)
print(pcall(failing.wait, failing))
