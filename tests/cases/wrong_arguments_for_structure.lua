-- What a wrong argument gets is Lua's own words, at the line of the call: scope, timeout, pool...
local neap = require "neap"

local function caught(fn)
  print((select(2, pcall(fn))))
end

caught(function() neap.scope() end)
caught(function() neap.scope({}) end)
caught(function() neap.scope(function(scope) scope:spawn("text") end) end)
caught(function() neap.timeout() end)
caught(function() neap.timeout("soon", print) end)
caught(function() neap.timeout({}, print) end)
caught(function() neap.timeout(1) end)
caught(function() neap.timeout(1, "text") end)
caught(function() neap.all() end)
caught(function() neap.all({ neap.future(), 5 }) end)
caught(function() neap.any("text") end)
caught(function() neap.any({}) end)
caught(function() neap.any({ {} }) end)
caught(function() neap.settle(print) end)
caught(function() neap.settle({ print }) end)
caught(function() neap.callback() end)
caught(function() neap.callback(5) end)

local callable = setmetatable({}, { __call = function(_, ...) return "called with", ... end })
print("what can be called is as good as a function", neap.timeout(1, callable, 1))
