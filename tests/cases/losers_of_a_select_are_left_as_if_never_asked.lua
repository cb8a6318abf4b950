-- Only the arm that wins has been used: the others keep their values, ticks and places in line.
local neap = require "neap"

local news, mail, letters = neap.channel(0), neap.channel(0), neap.channel(0)
neap.spawn(function()
  print("select", neap.select { news, mail, letters:sending("a letter") })
end)
neap.yield()
print("mail", mail:try_send("some mail"))
print("nobody waits for news", news:try_send("some news"))
print("nobody sends letters", letters:try_recv())
neap.yield()

print("a timer that loses is not waited for")
local clock = require("neap.hosts.virtual").now
local ready = neap.future()
neap.spawn(function() ready:resolve("ready") end)
print("select", neap.select({ ready, neap.timer("1h"), neap.interval("1h") }, "2h"))

neap.spawn(function()
  neap.finally(function() print(("the run ends at %g s"):format(clock())) end)
  news:wait()
end)

local interval = neap.interval(1)
print("select", neap.select { neap.timer(0.5), interval })
print("the interval has lost no tick", interval:wait())
