-- In a pcall or a plain coroutine, finally registers on the task that runs; outside, it raises.
local neap = require "neap"

local job = neap.spawn(function()
  pcall(function()
    neap.finally(print, "registered inside pcall")
    neap.yield()
    neap.finally(print, "registered inside pcall, after a wait")
    error("caught")
  end)
  coroutine.wrap(function()
    neap.finally(print, "registered inside a coroutine")
  end)()
  print("the task ends")
end)
job:wait()

neap.on_error(function(err)
  print("reported: " .. err)
  print("no task is current here", neap.current())
  print((select(2, pcall(neap.finally, print)):gsub("^.-:%d+: ", "")))
end)
neap.spawn(error, "a failure", 0):detach()
neap.yield()
