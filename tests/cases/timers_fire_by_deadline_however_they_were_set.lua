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
local function sleep_all(durations, cancelled)
  local order, tasks = {}, {}
  for _, seconds in ipairs(durations) do
    tasks[seconds] = neap.spawn(function()
      neap.sleep(seconds)
      order[#order + 1] = ("%g"):format(seconds)
    end)
  end
  neap.yield()
  for _, seconds in ipairs(cancelled) do tasks[seconds]:cancel() end
  neap.sleep(20)
  print("without " .. table.concat(cancelled, ", ") .. ": " .. table.concat(order, " "))
end

sleep_all({ 5, 1, 9, 3, 7, 2, 8, 4, 6, 0.5 }, { 1, 9, 8, 0.5 })
sleep_all({ 1, 10, 2, 11, 12, 3, 4 }, { 11 })
sleep_all({ 1, 2, 3, 4, 5, 6, 7 }, { 7, 6, 1, 3 })
