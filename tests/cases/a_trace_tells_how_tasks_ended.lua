-- Failed and cancelled tasks stand out in a recording; one that never began has a lane as well.
local neap = require "neap"
local trace = require "neap.trace"

local recording = trace.start { json = function(text) print((text:match "^%s*(.-)%s*$")) end }
neap.on_error(function() end)

local tug = neap.spawn(function()
  neap.finally(neap.sleep, "5ms")
  neap.sleep("1h")
end):name("tug </script> \"\\\n\255 \195\164")
local ferry = neap.spawn(neap.sleep, "1h")
local never = neap.spawn(function() print "never" end)
neap.spawn(function()
  neap.sleep("10ms")
  error("no tide\nat all", 0)
end)
local pool = neap.pool(1)
pool:submit(neap.sleep, "10ms")
local queued = pool:submit(neap.yield)
never:cancel()
neap.sleep("1ms")
tug:cancel()
ferry:cancel()
queued:cancel()
pcall(neap.timeout, "20ms", neap.sleep, "1h")
neap.spawn(function() error { code = 7 } end)
neap.spawn(neap.sleep, "1h")
neap.spawn(function() neap.current():cancel() neap.yield() end)
neap.yield()

recording:stop()
for _, task in ipairs(neap.tasks()) do
  if task ~= neap.current() then task:cancel() end
end
