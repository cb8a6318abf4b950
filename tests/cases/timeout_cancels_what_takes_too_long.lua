-- timeout gives the results of a call, or cancels it and raises "timeout" when it has cleaned up.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

neap.on_error(function(err) print("reported", err) end)
local function say(...) print(("%g s:"):format(clock()), ...) end

say("in time", neap.timeout("2s", function(...)
  neap.sleep(1)
  return nil, ...
end, "a", nil, "b"))
say("without a wait", neap.timeout(0, function() return "at once" end))
say("its error", pcall(neap.timeout, 2, error, "a failure", 0))
say("too late", pcall(neap.timeout, "1500ms", function()
  neap.finally(function()
    neap.sleep(1)
    say("cleaned up")
  end)
  say("pcall", pcall(neap.sleep, 100))
end))
say("at the deadline", pcall(neap.timeout, 1, neap.sleep, 1))
say("tasks besides main", #neap.tasks() - 1)
