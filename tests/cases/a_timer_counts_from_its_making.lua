-- The deadline of a timer is fixed when it is made, not when somebody waits for it.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local function say(...)
  print(("at %g s:"):format(clock()), ...)
end

local timer = neap.timer("5s")
neap.sleep(2)
say("main waits for the timer")
say("the timer gave", timer:wait())
say("and again, at once", timer:wait())

local late = neap.timer(1)
neap.sleep(3)
neap.spawn(say, "another task")
say("a timer that has passed, at once", late:wait())

local shared = neap.timer(2)
for i = 1, 2 do
  neap.spawn(function()
    say("waiter " .. i, shared:wait())
  end)
end
say("by await", neap.await(shared))
say("by a call", neap.timer(1)())
say("in a select", neap.select { neap.future(), neap.timer(1) })
say("the end")
