-- The first failure in a scope cancels the rest and is raised, the same value, when all are dead.
local neap = require "neap"

neap.on_error(function(err) print("reported", err) end)

local function sleeper(name)
  neap.finally(function()
    neap.yield()
    print(name .. ": cancelled, cleaned up")
  end)
  neap.sleep(100)
  print("never printed")
end

local boom = { code = 7 }
local ok, err = pcall(neap.scope, function(scope)
  scope:spawn(sleeper, "first")
  scope:spawn(function()
    neap.sleep(1)
    error(boom)
  end)
  scope:spawn(sleeper, "second")
  sleeper("body")
end)
print("a task fails", ok, err == boom, #neap.tasks())

ok, err = pcall(neap.scope, function(scope)
  scope:spawn(sleeper, "third")
  neap.yield()
  error(boom)
end)
print("the body fails", ok, err == boom, #neap.tasks())

print("caught by the body", pcall(neap.scope, function(scope)
  local child = scope:spawn(error, "a failure", 0)
  local _, caught = pcall(child.wait, child)
  print("never printed, the scope is ending", caught)
end))
print("one is cancelled", neap.scope(function(scope)
  local child = scope:spawn(sleeper, "fourth")
  neap.yield()
  return child:cancel()
end))
