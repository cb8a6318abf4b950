-- async turns a function into one whose call starts a task, to be awaited later.
local neap = require "neap"

local fetch = neap.async(function(name, seconds)
  print("fetching " .. name)
  neap.sleep(seconds)
  return name .. " fetched", seconds
end)

local a, b = fetch("a", 2), fetch("b", 1)
print("two tasks: " .. a:status() .. ", " .. b:status())
print(neap.await(b))
print(neap.await(a))

local fails = neap.async(function() error({ code = 3 }) end)
local failed = fails()
local ok, err = pcall(neap.await, failed)
print("an error comes out of await", ok, err.code)
