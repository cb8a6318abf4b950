-- Many send, many receive: first come, first served, and each value goes to exactly one.
local neap = require "neap"

local channel = neap.channel(1)
local function receiver(name)
  for _ = 1, 2 do
    local value = channel:wait()
    print(name .. " received " .. value)
  end
end
local function sender(name)
  for i = 1, 2 do
    channel:send(name .. i)
    print(name .. " sent " .. name .. i)
  end
end

print("three receivers wait, then three senders come")
for _, name in ipairs { "r1", "r2", "r3" } do neap.spawn(receiver, name) end
neap.yield()
for _, name in ipairs { "a", "b", "c" } do neap.spawn(sender, name) end
neap.sleep(1)

print("three senders wait, then three receivers come")
for _, name in ipairs { "d", "e", "f" } do neap.spawn(sender, name) end
neap.yield()
for _, name in ipairs { "r4", "r5", "r6" } do neap.spawn(receiver, name) end
