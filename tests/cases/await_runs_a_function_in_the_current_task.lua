-- await of a function calls it here, in this task; of one made by async, the function inside.
local neap = require "neap"

local main = neap.current()
local function inside(...)
  neap.sleep(1)
  return neap.current() == main, ...
end

print("a function", neap.await(inside, "x", nil, "z"))
local wrapped = neap.async(inside)
print("an async function, awaited", neap.await(wrapped, "x"))
print("an async function, called", neap.await(wrapped("x")))
print("an error goes through", pcall(neap.await, function()
  neap.yield()
  error("here", 0)
end))

local gate = { wait = function(self, ...) return self.name, select("#", ...) end, name = "a gate" }
print("something with a wait method", neap.await(gate))
local callable = setmetatable({}, { __call = function() return "called" end })
print("something that can be called", neap.await(callable))
