-- A failure that nobody has seen is told when the run ends, at the latest. What its handler spawns
-- then still runs, and may wait; what it spawns for a failure of those is cancelled.
local neap = require "neap"

neap.on_error(function(err)
  print("told", err)
  neap.spawn(function()
    neap.finally(print, "finally", err)
    neap.sleep(1)
    print("logged", err)
    if err == "first" then
      neap.spawn(error, "second", 0)
      neap.spawn(print, "spawned by that")
    end
  end)
end)

neap.spawn(error, "first", 0)
neap.sleep(1)
print "main has ended"
