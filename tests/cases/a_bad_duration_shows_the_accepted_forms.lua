-- What is no duration is refused wherever one is taken, with the forms that are.
local neap = require "neap"

local function refused(fn, ...)
  local ok, err = pcall(fn, ...)
  print(ok, (tostring(err):gsub("^.-:%d+: ", "")))
end

refused(function() neap.sleep("5 parsecs") end)
refused(function() neap.sleep("") end)
refused(function() neap.sleep("fast") end)
refused(function() neap.sleep("1h 30") end)
refused(function() neap.sleep("-1s") end)
refused(function() neap.sleep("1.2.3s") end)
refused(function() neap.sleep() end)
refused(function() neap.sleep(true) end)
refused(function() neap.sleep({}) end)
refused(function() neap.sleep(0 / 0) end)
refused(function() neap.timer("soon") end)
refused(function() neap.interval("often") end)
refused(function() neap.interval(0) end)
refused(function() neap.interval("0ms") end)
refused(function() neap.select({ neap.future() }, "never") end)
