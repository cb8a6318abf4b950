-- Cancelling kills: no pcall around the wait catches anything, and no loop around it spins.
local neap = require "neap"

local job = neap.spawn(function()
  neap.finally(print, "its finalizer runs")
  while true do
    print("in the loop", pcall(function()
      print("xpcall", xpcall(function() neap.sleep("1h") end, function(err)
        return "handled " .. err
      end))
    end))
  end
end)
neap.sleep(1)
print("cancel", job:cancel(), job:status())
print(pcall(job.wait, job))

local suicide = neap.spawn(function()
  print("pcall", pcall(function()
    print("cancel itself", neap.current():cancel())
    neap.yield()
    print("never printed")
  end))
  print("never printed")
end)
print(pcall(suicide.wait, suicide))
print(suicide:status())
