-- Arguments and results pass through pcall with their nils, before and after waits.
local neap = require "neap"
local function count(...) return select("#", ...), ... end
local function echo(...)
  neap.sleep(1)
  return ...
end
print(count(pcall(echo)))
print(count(pcall(echo, nil)))
print(count(pcall(echo, nil, nil, 3, nil)))
print(count(pcall(function(...) return ... end, nil, 2, nil)))
print("only nils, after a wait:", count(pcall(function()
  neap.yield()
  return nil, nil, nil
end)))
print("an error:", count(pcall(function(...) error((select(2, ...)), 0) end, nil, "second")))
