-- Failures that nobody waited for are reported when the run ends, in their order.
local neap = require "neap"
neap.on_error(function(err) print("on_error: " .. err) end)
local kept = {}
local function fail(name, seconds)
  kept[name] = neap.spawn(function()
    neap.sleep(seconds)
    error(name, 0)
  end)
end
fail("the second to fail", 2)
fail("the first to fail", 1)
fail("seen", 1)
fail("the third to fail", 3)
neap.sleep(2.5)
print("seen by pcall:", pcall(function() kept.seen:wait() end))
print("script: ends")
