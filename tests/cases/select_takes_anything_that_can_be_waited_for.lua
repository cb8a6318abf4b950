-- What is not neap's own may stand in a list: it needs a wait method, or to be callable.
local neap = require "neap"

local Door = {}
Door.__index = Door
function Door:wait()
  neap.sleep(self.seconds)
  print("  door " .. self.name .. " opens")
  return self.name, nil, "open"
end
local function door(name, seconds)
  return setmetatable({ name = name, seconds = seconds }, Door)
end

local bell = setmetatable({}, {
  __call = function()
    neap.sleep(2)
    return "ring"
  end,
})

print("a door", neap.select { neap.future(), door("a", 2), door("b", 1) })
print("a bell", neap.select { door("c", 3), bell })
print("a timeout", neap.select({ door("d", 3), bell }, 1))
print("one of ours", neap.select { door("e", 3), neap.timer(1), bell })
neap.sleep(10)
print("no loser's door has opened")

local broken = { wait = function() error("jammed", 0) end }
print("one that fails", pcall(neap.select, { neap.future(), broken }))
