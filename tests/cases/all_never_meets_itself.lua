-- Both ends of a channel may stand in one list: all, any and settle wait for somebody else at each,
-- as a select does, and are done when both are.
local neap = require "neap"

local channel = neap.channel(0)
local function show(name, list)
  for i, outcome in ipairs(neap.settle(list)) do
    print(name .. ", number " .. i, outcome[1], outcome[2])
  end
end
local function both(name) show(name, { channel, channel:sending("from " .. name) }) end
local function turned(name) show(name, { channel:sending("from " .. name), channel }) end

for _, waits in ipairs { both, turned } do
  neap.spawn(waits, "settle")
  neap.yield()
  print("main sent", channel:send("from main"))
  neap.yield()
  print("main received", channel:wait())
  neap.yield()

  neap.spawn(waits, "settle")
  neap.yield()
  print("main received", channel:wait())
  neap.yield()
  print("main sent", channel:send("from main"))
  neap.yield()
end

print("two of them meet")
neap.spawn(both, "one")
neap.spawn(turned, "the other")
neap.sleep(1)

print("all, alone", pcall(neap.timeout, 1, neap.all, { channel, channel:sending("from all") }))
print("any, alone", pcall(neap.timeout, 1, neap.any, { channel:sending("from any"), channel }))
print("nothing is left", channel:try_recv())
print("nobody waits", channel:try_send("x"))
