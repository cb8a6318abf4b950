-- A task can be started in a scope only until it ends, or is ending.
local neap = require "neap"

local kept, pool
neap.scope(function(scope) kept, pool = scope, scope:pool(2) end)
print("after its end", pcall(function() kept:spawn(print, "never printed") end))
print("in its pool", pcall(function() pool:submit(print, "never printed") end))
print("in its pool", pcall(function() pool:map({ "never printed" }, print) end))

print("raised", pcall(neap.scope, function(scope)
  scope:spawn(function()
    neap.finally(function()
      print("when it is ending", pcall(function() scope:spawn(print, "never printed") end))
    end)
    neap.sleep(1)
  end)
  neap.yield()
  error("a failure", 0)
end))
