-- Something of somebody else's is asked for its wait method itself, for its metatable may be
-- locked.
local neap = require "neap"

local Promise = { __metatable = false }
Promise.__index = function(_, name)
  if name == "wait" then
    return function(self)
      neap.sleep(1)
      return "kept by " .. rawget(self, "who")
    end
  end
  error("no field " .. name)
end

local function promise(who) return setmetatable({ who = who }, Promise) end

print(neap.await(promise("the first")))
print(neap.select { neap.future(), promise("the second") })
print(neap.all({ promise("the third"), neap.timer(2) })[1])
local function answer() return "called" end
local callable = setmetatable({}, { __metatable = "locked", __call = answer })
print(neap.await(callable))
print(neap.spawn(callable):wait())
