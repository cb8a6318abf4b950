-- A channel of capacity math.huge takes every value at once.
local neap = require "neap"

local channel = neap.channel(math.huge)
neap.spawn(print, "another task, which runs only when main waits")
for i = 1, 1000 do channel:send(i) end
print("kept: " .. channel:len(), "room for more: ", channel:try_send(1001))
channel:close()

local count, sum, in_order = 0, 0, true
channel:each(function(value)
  count, sum = count + 1, sum + value
  in_order = in_order and value == count
end)
print("received: " .. count, "sum: " .. sum, "in order: " .. tostring(in_order))
