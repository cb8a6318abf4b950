-- A scope gives its body's results, once the body and every task started in it are done.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local function say(...) print(("%g s:"):format(clock()), ...) end

local main = neap.current()
say("results", neap.scope(function(scope)
  say("the body is a task of its own", neap.current() ~= main)
  local child = scope:spawn(function(name, seconds)
    neap.finally(function()
      neap.sleep(1)
      say("the finalizer of " .. name .. " is done")
    end)
    neap.sleep(seconds)
    say(name .. " is done")
    scope:spawn(function()
      neap.sleep(1)
      say("its own child is done")
    end)
    return "a result"
  end, "a child", 2)
  scope:spawn(function() say("it can be waited for", child:wait()) end)
  say("the body ends")
  return 1, nil, "three", nil
end))
say("no task", neap.scope(function() end))
say("tasks left", #neap.tasks())
