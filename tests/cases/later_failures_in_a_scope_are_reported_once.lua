-- Of several failures in a scope the first is raised, and on_error hears of each other one, once.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local function say(...) print(("%g s:"):format(clock()), ...) end
neap.on_error(function(err, task) say("reported", err, tostring(task)) end)

local function fail(name, seconds)
  neap.finally(neap.sleep, seconds)
  error(name .. " fails", 0)
end
say("raised", pcall(neap.scope, function(scope)
  scope:spawn(fail, "first", 2):name("first, dead at 2 s")
  scope:spawn(fail, "second", 4):name("second, dead at 4 s")
  scope:spawn(fail, "third", 3):name("third, dead at 3 s")
  scope:spawn(function()
    neap.finally(error, "a finalizer fails", 0)
    neap.sleep(100)
  end):name("cancelled at 2 s")
  neap.sleep(100)
end))
collectgarbage()
neap.sleep(1)
collectgarbage()
say("main ends")
