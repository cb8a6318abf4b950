-- A task in a cancelled scope may meet the cancelled end of another first: that is no failure.
local neap = require "neap"

neap.on_error(function(err) print("reported", err) end)

local function program()
  neap.scope(function(scope)
    local sleeper = scope:spawn(neap.sleep, 1)
    scope:spawn(function() sleeper:wait() end)
    scope:spawn(neap.scope, function(inner)
      inner:spawn(function() sleeper:wait() end)
      neap.any { sleeper }
    end)
    neap.all { sleeper }
  end)
end

for ticks = 0, 5 do
  local task = neap.spawn(program)
  for _ = 1, ticks do neap.yield() end
  print("after " .. ticks .. " ticks", task:cancel(), pcall(task.wait, task))
end
print("main ends")
