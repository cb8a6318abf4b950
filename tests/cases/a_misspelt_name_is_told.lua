-- A name that neap does not have is told, with the nearest one; an awaitable where a list belongs
-- is.
local neap = require "neap"

local function told(fn, ...) print((select(2, pcall(fn, ...)))) end

told(function() return neap.spwan(print) end)
told(function() return neap.chanel() end)
told(function() return neap.frobnicate end)
told(function() return neap[1] end)
print("rawget", rawget(neap, "spwan"))

local first, second = neap.spawn(print, "first"), neap.spawn(print, "second")
told(function() neap.all(first, second) end)
told(function() neap.select(neap.timer(1), "1s") end)
told(function() neap.any(setmetatable({}, { __call = function() return 1 end })) end)
told(function() neap.settle({ first, 5 }) end)
told(function() neap.await(setmetatable({}, { __call = 12 })) end)
told(function() neap.spawn(setmetatable({}, { __call = 12 })) end)

local channel = neap.channel(1)
channel:send("a value")
print("recv", channel:recv())
