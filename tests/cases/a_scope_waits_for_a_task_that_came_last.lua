-- The last task of a scope has ended, and before the scope's caller has its turn somebody else
-- starts one more: the scope waits for that, too, and takes it along if it is cancelled.
local neap = require "neap"

local function late()
  neap.finally(print, "the late one is closed")
  neap.sleep(5)
  print("the late one is done")
end

local function try(then_do)
  local scope
  local caller = neap.spawn(function()
    print("the scope gives", neap.scope(function(s)
      scope = s
      neap.sleep(1)
      return "what its body returned"
    end))
  end)
  neap.yield()
  neap.yield()
  neap.spawn(function()
    neap.sleep(1)
    print("waits", caller:status())
    scope:spawn(late)
    then_do(caller)
  end)
  neap.sleep(10)
end

try(function() end)
try(function(caller)
  neap.sleep(1)
  print("cancelled", caller:cancel())
end)
try(function(caller) print("cancelled at once", caller:cancel()) end)
