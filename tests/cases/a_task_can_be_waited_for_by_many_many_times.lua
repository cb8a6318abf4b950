-- A task gives its results to everyone who waits, before or after its end, as often as they ask.
local neap = require "neap"

local answer = neap.spawn(function()
  neap.sleep(1)
  print("the task returns")
  return 6, 7, 42
end)

for i = 1, 3 do
  neap.spawn(function()
    print("waiter " .. i .. " got", answer:wait())
    print("waiter " .. i .. " got again", answer:wait())
  end)
end
print("main got", answer:wait())
print("main got again", answer:wait())
print("by a call", answer())
print("by await", neap.await(answer))
