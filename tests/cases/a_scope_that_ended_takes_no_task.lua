-- A task can be started in a scope only until it ends, or is ending.
local neap = require "neap"

local kept
neap.scope(function(scope) kept = scope end)
print("after its end", pcall(function() kept:spawn(print, "never printed") end))

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
