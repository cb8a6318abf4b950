-- Chooses a host: the virtual one if it is told so, else one of its own.
local neap = require "neap"
if ... == "virtual" then
  neap.use(require "neap.hosts.virtual")
else
  neap.use { now = os.clock, sleep = function() end }
end
for i = 1, 2 do neap.spawn(neap.sleep, i) end
neap.sleep(3)
