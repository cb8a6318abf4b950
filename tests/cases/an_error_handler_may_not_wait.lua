-- on_error's function runs within the scheduler: a wait in there is refused, and nothing breaks.
local neap = require "neap"

local future = neap.future()
local function refused(label, fn, ...)
  print(label, (select(2, pcall(fn, ...)):gsub("^.-:%d+: ", "")))
end
neap.on_error(function(err)
  print("reported: " .. err)
  refused("sleep", neap.sleep, 1)
  refused("yield", neap.yield)
  refused("wait", future.wait, future)
  refused("select", neap.select, { future })
  refused("run", neap.run, print)
  refused("step", neap.step)
  print("what does not wait is allowed", future:resolve("resolved by the handler"))
  neap.spawn(print, "spawned by the handler")
end)

neap.spawn(error, "a failure", 0):detach()
print("main got", future:wait())
neap.sleep(1)
print("main ends")
