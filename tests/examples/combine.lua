local neap = require "neap"

local function after(time, value)
  neap.sleep(time)
  return value
end

local both = neap.all { neap.spawn(after, "20ms", "ebb"), neap.spawn(after, "10ms", "flood") }
print(both[1], both[2])
print(neap.any { neap.spawn(after, "20ms", "ebb"), neap.spawn(after, "10ms", "flood") })
local outcomes = neap.settle { neap.spawn(after, 0, "slack"), neap.spawn(error, "storm", 0) }
for _, outcome in ipairs(outcomes) do
  print(outcome.ok, outcome[1] or outcome.error)
end
