-- When what is joined from outside waits for something else, the caller waits for that too.
local aa = require "async_await"
local neap = require "neap"
local fetch = aa.async(function(name, seconds)
  print(name .. ": begins")
  neap.sleep(seconds)
  print(name .. ": ends")
  return name
end)
local both = aa.async(function()
  local slow, quick = fetch("slow", 2), fetch("quick", 1)
  return aa.await(slow), aa.await(quick)
end)
neap.spawn(function()
  neap.sleep(1.5)
  print("meanwhile another task runs")
end)
print("script:", aa.await(both()))
local channel = neap.channel()
local receiver = aa.async(function() return (channel:wait()) end)()
neap.spawn(function() channel:send("from a channel") end)
print("script:", aa.future_get(receiver))
