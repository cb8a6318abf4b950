-- A future that is rejected is reported like a failed task if nobody ever waits for it; whoever
-- waits for it gets the error instead, as often as he likes.
local neap = require "neap"

neap.on_error(function(err, _, traceback, what)
  print("reported", err, type(traceback), what)
end)

local function rejected(err)
  local future = neap.future()
  future:reject(err)
  return future
end

local seen = rejected("seen")
print(pcall(seen.wait, seen))
local awaited = neap.future()
neap.spawn(function() print("awaited", pcall(awaited.wait, awaited)) end)
neap.yield()
awaited:reject("by a waiter")
print("in a select", pcall(neap.select, { rejected("selected") }))
print("in settle", neap.settle({ rejected("settled") })[1].error)
neap.yield()
local silent = rejected("nobody waits")
print("main ends", silent:done())
