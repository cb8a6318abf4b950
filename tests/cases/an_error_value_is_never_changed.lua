-- What a task raised is what its waiters catch: the same table, false as false, no position added.
local neap = require "neap"

local problem = setmetatable({ code = 7 }, { __tostring = function() return "a problem" end })
local failing = neap.spawn(function()
  neap.yield()
  error(problem)
end)
for i = 1, 2 do
  local ok, err = pcall(failing.wait, failing)
  print("table, time " .. i, ok, err == problem, err.code, getmetatable(err) ~= nil)
end

local function caught(fn)
  local failed = neap.spawn(fn)
  local ok, err = pcall(function() return failed:wait() end)
  print(ok, type(err), tostring(err))
end
caught(function() error(false) end)
caught(function() error(12, 0) end)
caught(function() error("no position", 0) end)
caught(function() error("with the position of the error") end)

-- Through two tasks and two pcalls it is still the same.
local outer = neap.spawn(function() return failing:wait() end)
print("through another task", select(3, pcall(pcall, outer.wait, outer)) == problem)
