-- A job that fails is its own task's failure: the pool, and who waits for it, go on.
local neap = require "neap"

local lost -- held, for a report names a task only while it has not been collected
neap.on_error(function(err, task) print("reported", err, tostring(task), task == lost) end)
local pool = neap.pool(1)
local failing = pool:submit(error, "one", 0)
lost = pool:submit(error, "nobody waits for this one", 0):name("lost")
local fine = pool:submit(function() return "fine" end)
print("pool:wait raises nothing", pool:wait())
print("fine", fine:wait())
print("failing", pcall(failing.wait, failing))
print("main ends")
