-- each calls its function with every value; the function may wait, and its error ends the loop.
local neap = require "neap"

local jobs = neap.channel(1)
for worker = 1, 2 do
  neap.spawn(function()
    jobs:each(function(job)
      print("worker " .. worker .. " begins " .. job)
      neap.sleep(job == "a" and 3 or 1)
      print("worker " .. worker .. " has done " .. job)
    end)
    print("worker " .. worker .. " goes home")
  end)
end
for _, job in ipairs { "a", "b", "c", "d" } do jobs:send(job) end
jobs:close()
neap.sleep(10)

local channel = neap.channel(2)
channel:send(1)
channel:send(2)
print("an error ends it", pcall(channel.each, channel, function(value)
  error("no " .. value, 0)
end))
print("the rest is still there", channel:wait())
