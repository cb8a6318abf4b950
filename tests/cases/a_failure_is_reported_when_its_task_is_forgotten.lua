-- A failed task that was collected can be waited for by nobody: its failure is reported then.
local neap = require "neap"

neap.on_error(function(err, failed)
  print("reported: " .. err, failed)
end)

local function start(err)
  neap.spawn(function()
    neap.yield()
    error(err, 0)
  end)
end

local kept = neap.spawn(error, "kept: reported when the run ends", 0)
start("forgotten")
neap.sleep(1)
print("both have failed")
collectgarbage()
collectgarbage()
neap.sleep(1)
print("main ends", kept:status())
neap.on_error(function(err) print("reported: " .. err) end)
