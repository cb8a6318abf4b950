-- A coroutine whose first wait the VM refuses has not become a task that is alive for ever.
local neap = require "neap"

local function refused(fn)
  local thread = coroutine.create(fn)
  print("resume returns", (coroutine.resume(thread)))
  print("its status", coroutine.status(thread))
end

refused(function() string.gsub("x", "x", function() neap.sleep(1) end) end)
refused(function()
  print("inside", (pcall(string.gsub, "x", "x", function() neap.sleep(1) end)))
  return "goes on"
end)
neap.sleep(2)
print("tasks", #neap.tasks())
