-- A wait on a task that ended, failed or was cancelled in this very tick does not wait for ever.
local neap = require "neap"

local function watch(label, make)
  local task
  local function wait(who) print(label, who, pcall(task.wait, task)) end
  local before = neap.spawn(function()
    neap.yield()
    wait("in the same tick, earlier")
  end)
  task = neap.spawn(function()
    neap.yield()
    return make()
  end)
  local after = neap.spawn(function()
    neap.yield()
    print(label, "state", task:status())
    wait("in the same tick, later")
  end)
  neap.all { before, after }
  wait("afterwards")
end

watch("returned", function() return "a result" end)
watch("failed", function() error("a failure", 0) end)
watch("cancelled itself", function()
  neap.current():cancel()
  neap.yield()
end)

local task = neap.spawn(neap.sleep, 100)
neap.yield()
print("cancelled by the one that waits", task:cancel(), pcall(task.wait, task))
local cleaning = neap.spawn(function()
  neap.finally(neap.sleep, 1)
  neap.sleep(100)
end)
neap.yield()
print("it still cleans up", cleaning:cancel(), pcall(cleaning.wait, cleaning))
