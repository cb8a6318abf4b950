-- When a finalizer is given up, the task's next one runs; what that spawns ends with the run, too.
local neap = require "neap"

neap.on_error(function(err) print("reported", err) end)
local function for_ever() neap.future():wait() end
neap.spawn(function()
  neap.finally(function()
    neap.spawn(function()
      neap.finally(print, "what it spawned is cleaned up")
      for_ever()
    end)
    print("the next finalizer runs")
  end)
  neap.finally(for_ever)
  for_ever()
end)
print("main ends")
