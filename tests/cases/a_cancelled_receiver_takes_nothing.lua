-- A receiver that is cancelled while it waits is forgotten: the next value goes to the next one.
local neap = require "neap"

local channel = neap.channel(1)
local function receive(name)
  print(name .. " waits")
  print(name .. " received", channel:wait())
end
local first = neap.spawn(receive, "first")
local second = neap.spawn(receive, "second")
local third = neap.spawn(receive, "third")
neap.yield()
print("cancel the first and the third", first:cancel(), third:cancel())
channel:send("a value")
neap.yield()
print("nobody waits any more", channel:try_send("kept"), channel:try_send("too many"))
print("second is " .. second:status(), "kept: " .. channel:len())
print(pcall(first.wait, first))
