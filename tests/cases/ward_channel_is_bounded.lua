-- A channel keeps as many values as its capacity; then a sender waits.
local async = require "ward.async"
local ch = async.channel({ capacity = 2 })
local sender = async.spawn(function()
  for i = 1, 5 do
    print("sends " .. i .. ": " .. tostring((ch:send(i))))
  end
  print("closes:", ch:close())
end)
while true do
  local value, err = ch:wait()
  if err then
    print("received:", value, err)
    break
  end
  print("received " .. value)
end
sender:wait()
