-- yield goes to the end of the queue; with nobody else ready it returns at once, without values.
local neap = require "neap"

local function count(name)
  for i = 1, 3 do
    print(name .. i)
    neap.yield()
  end
end

local last
for _, name in ipairs { "a", "b", "c" } do last = neap.spawn(count, name) end
last:wait()
print("alone: " .. select("#", neap.yield()) .. " values")
