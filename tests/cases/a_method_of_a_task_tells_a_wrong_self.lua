-- A task's method that is called with a dot, or on something else, says so at the line of the call.
local neap = require "neap"

local function try(fn, ...)
  local ok, err = pcall(fn, ...)
  print(ok, (tostring(err):gsub("^.-%.lua:%d+: ", "")))
end

local tide = neap.spawn(neap.sleep, 1)
local thread = task.spawn(function() task.wait(1) end)
for _, name in ipairs { "wait", "cancel", "done" } do
  try(tide[name])
  try(tide[name], {})
  try(tide[name], neap.channel())
end
for _, name in ipairs { "cancel", "done", "detach", "status" } do
  try(tide[name], thread)
  try(tide[name], 1)
  try(tide[name], "tide")
end
