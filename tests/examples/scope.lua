local neap = require "neap"

print(pcall(neap.scope, function(scope)
  scope:spawn(function()
    neap.finally(print, "the other is cancelled, and cleans up")
    neap.sleep("10s")
  end)
  scope:spawn(function() neap.sleep("10ms") error("one fails", 0) end)
end))
