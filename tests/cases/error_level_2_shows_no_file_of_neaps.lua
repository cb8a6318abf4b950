-- error(message, 2) in the function of a task has no caller of the user's to blame: no position.
local neap = require "neap"

local function fail() error("no caller to blame", 2) end

local function caught(label, fn)
  local job = neap.spawn(fn)
  print(label, pcall(job.wait, job))
end

caught("spawned", fail)
caught("spawned, with its own position", function() error("here") end)
caught("called by the task", function()
  local function blame() error("called here", 2) end
  blame()
end)
caught("after a wait", function()
  neap.yield()
  error("no caller to blame", 2)
end)
local job = neap.spawn(function()
  neap.finally(fail)
end)
neap.on_error(function(err) print("in a finalizer", err) end)
job:wait()
