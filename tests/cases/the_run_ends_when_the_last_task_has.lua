-- After main has ended the others go on; those that nothing can wake are cancelled at last.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local function say(...)
  print(("at %g s:"):format(clock()), ...)
end

local jobs = neap.channel(2)
neap.spawn(function()
  neap.finally(function()
    neap.sleep(1)
    say("the consumer's finalizer is done")
  end)
  jobs:each(function(job) say("consumed " .. job) end)
  say("never printed: nobody closes the channel")
end)
neap.spawn(function()
  for i = 1, 3 do
    neap.sleep(1)
    jobs:send(i)
  end
  say("the producer ends")
end)
neap.finally(say, "main's finalizer")
say("main ends")
