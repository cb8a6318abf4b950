-- Finalizers run from the next tick on; the task is dead, for those who wait, when all are done.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local function say(...)
  print(("at %g s:"):format(clock()), ...)
end

local job
job = neap.spawn(function()
  neap.finally(function()
    neap.sleep(1)
    say("the second finalizer has slept", neap.current() == job)
  end)
  neap.finally(function()
    print("in pcall", pcall(neap.sleep, 2))
    say("the first finalizer has slept", job:status())
  end)
  neap.sleep("1h")
end)
neap.sleep(1)
say("cancel", job:cancel())
say("no finalizer has run yet", job:status(), job:done())
neap.yield()
say("one waits", job:status(), job:done())
say("waited", pcall(job.wait, job))
say("now it is dead", job:status(), job:done())
