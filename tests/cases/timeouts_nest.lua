-- Of nested timeouts the one that is due first strikes; an inner one can be caught, an outer not.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local function say(...) print(("%g s:"):format(clock()), ...) end

say("inner", neap.timeout(5, function()
  say("caught", pcall(neap.timeout, 1, neap.sleep, 100))
  return "the outer goes on"
end))
say("outer", pcall(neap.timeout, 1, function()
  neap.finally(say, "the finalizer within")
  say("never printed", pcall(neap.timeout, 5, function()
    neap.finally(say, "the finalizer of the innermost")
    neap.sleep(100)
  end))
end))
say("an error called timeout", pcall(neap.timeout, 1, error, "timeout", 0))

local task = neap.spawn(function()
  neap.timeout(10, function()
    neap.finally(say, "the finalizer of a cancelled caller's")
    neap.sleep(100)
  end)
end)
neap.sleep(1)
say("cancelled from outside", task:cancel(), pcall(task.wait, task))
say("tasks besides main", #neap.tasks() - 1)
