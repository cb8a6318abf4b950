-- How many values send and wait return does not depend on whether they had to wait.
local async = require "ward.async"
local ch = async.channel(1)
print("send without a wait: " .. select("#", ch:send(1)))
print("receive without a wait: " .. select("#", ch:wait()))
local receiver = async.spawn(function()
  print("receive after a wait: " .. select("#", ch:wait()))
end)
async.spawn(function() ch:send(1) end):wait()
receiver:wait()
ch:send(1)
local sender = async.spawn(function() print("send after a wait: " .. select("#", ch:send(2))) end)
async.spawn(function() ch:wait() end):wait()
sender:wait()
