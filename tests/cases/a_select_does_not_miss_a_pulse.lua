-- An event that is set and cleared in one breath lets those go on who waited, in a select, too.
local neap = require "neap"

local event = neap.event()
neap.spawn(function() print("wait", event:wait()) end)
neap.spawn(function() print("select", neap.select({ neap.future(), event }, 5)) end)
neap.yield()
event:set()
event:clear()
neap.sleep(1)
print("after a second", event:done(), #neap.tasks() .. " task")
