-- A cancelled sleep, timer or timeout is forgotten: the run does not last until its deadline.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local never = neap.future()
local sleepers = {
  neap.spawn(neap.sleep, "1h"),
  neap.spawn(function() neap.timer("2h"):wait() end),
  neap.spawn(function() neap.interval("3h"):wait() end),
  neap.spawn(function() neap.select({ never, neap.timer("4h") }, "5h") end),
}
neap.spawn(function()
  neap.finally(function()
    print(("the run ends at %g s"):format(clock()))
  end)
  never:wait()
end)

neap.sleep(2)
for i, sleeper in ipairs(sleepers) do
  print("sleeper " .. i, sleeper:cancel(), sleeper:status())
end
print(("main ends at %g s"):format(clock()))
