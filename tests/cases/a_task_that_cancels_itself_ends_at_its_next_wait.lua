-- A cancelled task that runs goes on until its next blocking call, even one that would not suspend.
local neap = require "neap"

local full, settled, dead = neap.channel(2), neap.future(), neap.spawn(function() end)
full:send("a value")
settled:resolve()
dead:wait()
local past, interval = neap.timer(1), neap.interval(1)
neap.sleep(2)

local calls = {
  { "yield", function() neap.yield() end },
  { "sleep", function() neap.sleep(0) end },
  { "a receive", function() full:wait() end },
  { "a send", function() full:send("more") end },
  { "each", function() full:each(print) end },
  { "a settled future", function() settled:wait() end },
  { "a dead task", function() dead:wait() end },
  { "a timer that has passed", function() past:wait() end },
  { "an interval that is due", function() interval:wait() end },
  { "a select", function() neap.select { settled } end },
  { "a select with a timeout", function() neap.select({}, 0) end },
  { "await", function() neap.await(settled) end },
}
for _, call in ipairs(calls) do
  local job = neap.spawn(function()
    local cancelled = neap.current():cancel()
    local tried = full:try_send("x") and full:try_recv() and "try_send does not block"
    print(call[1], cancelled, tried, neap.current():cancel(), neap.current():status())
    call[2]()
    print("never printed")
  end)
  print("", pcall(job.wait, job))
end
print("nothing was taken", full:len(), interval:wait())
