-- A task that is cancelled in a select is taken out of every place that it waited at.
local neap = require "neap"

local future, inbox, outbox = neap.future(), neap.channel(0), neap.channel(0)
local other = neap.spawn(function() return future:wait() end)
local job = neap.spawn(function()
  neap.finally(print, "its finalizer runs")
  neap.select({ future, inbox, outbox:sending("lost"), other, neap.timer(3) }, 5)
  print("never printed")
end)
neap.yield()
print("it is " .. job:status())
print("cancel", job:cancel())
print("nobody receives", inbox:try_send("a value"))
print("nobody sends", outbox:try_recv())
print("resolve", future:resolve("a result"))
print("the other waiter is untouched", other:wait())
print(pcall(job.wait, job))
