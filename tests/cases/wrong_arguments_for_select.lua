-- select wants a list of things to wait for, and says which one is none.
local neap = require "neap"

local function caught(fn)
  print((select(2, pcall(fn))))
end

local future, channel = neap.future(), neap.channel(1)
channel:send("kept")
caught(function() neap.select() end)
caught(function() neap.select("all", 1) end)
caught(function() neap.select({}) end)
caught(function() neap.select({ future, "text" }) end)
caught(function() neap.select({ channel, future, {} }) end)
caught(function() neap.select({ future, print }) end)
caught(function() neap.select({ 5 }, 1) end)
caught(function() neap.select({ { wait = 5 } }) end)
caught(function() neap.select({ channel }, "later") end)
caught(function() neap.select({ channel }, {}) end)
print("nothing was received", channel:wait())
