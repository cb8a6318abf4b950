-- What a task was given can be collected as soon as it is over, though its thread is kept for the
-- next one.
local neap = require "neap"

local weak = setmetatable({}, { __mode = "v" })

local function observe(what, ...)
  weak[1] = {}
  neap.spawn(function(...) return select("#", ...) end, weak[1], ...):wait()
  collectgarbage()
  collectgarbage()
  print(what, weak[1] == nil and "collected" or "held")
end

observe("one argument:")
observe("three arguments:", nil, 3)

local function refer()
  local captured = {}
  weak[1] = captured
  neap.spawn(function() return captured ~= nil end):wait()
end
refer()
collectgarbage()
collectgarbage()
print("what its function refers to:", weak[1] == nil and "collected" or "held")
