-- tasks gives every task that has not ended, in the order of their making.
local neap = require "neap"

local function show(label)
  local names = {}
  for i, task in ipairs(neap.tasks()) do
    names[i] = tostring(task) .. " " .. task:status()
  end
  print(label .. ": " .. table.concat(names, ", "))
end

neap.current():name("main")
show("at first")
local future = neap.future()
neap.spawn(future.wait, future):name("waits")
neap.spawn(neap.sleep, 1):name("sleeps")
local cancelled = neap.spawn(function()
  neap.finally(neap.sleep, 2)
  neap.sleep(100)
end):name("cleans up")
neap.spawn(error, "a failure"):name("fails"):detach()
neap.on_error(function() show("while a failure is reported") end)
show("not begun")
neap.yield()
show("a tick later")
cancelled:cancel()
neap.sleep(1)
show("after 1 s")
neap.sleep(1)
future:resolve()
neap.yield()
show("in the end")
