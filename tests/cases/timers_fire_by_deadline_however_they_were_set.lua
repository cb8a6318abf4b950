-- The earliest deadline wakes first, whatever the order in which sleepers came.
local neap = require "neap"

local slept = {}
for _, seconds in ipairs { 5, 1, 9, 3, 7, 2, 8, 4, 6, 0.5 } do
  neap.spawn(function()
    local took = neap.sleep(seconds)
    slept[#slept + 1] = ("%g"):format(took)
  end)
end
neap.sleep(10)
print("woke after: " .. table.concat(slept, " "))

-- The same with some of them cancelled in between.
local order, tasks = {}, {}
for i, seconds in ipairs { 5, 1, 9, 3, 7, 2, 8, 4, 6, 0.5 } do
  tasks[i] = neap.spawn(function()
    neap.sleep(seconds)
    order[#order + 1] = ("%g"):format(seconds)
  end)
end
neap.yield()
for _, i in ipairs { 2, 3, 7, 10 } do tasks[i]:cancel() end
neap.sleep(10)
print("without 1, 9, 8 and 0.5: " .. table.concat(order, " "))
