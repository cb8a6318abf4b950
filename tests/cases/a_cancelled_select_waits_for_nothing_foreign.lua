-- When a select is cancelled, or one of its arms fails, nobody goes on waiting for the other arms.
local neap = require "neap"

local channel = neap.channel(0)
local foreign = { wait = function() return channel:wait() end }

local function show(label, ...)
  print(label, ...)
  neap.yield()
  print("does anyone receive?", channel:try_send("a value"))
end

local job = neap.spawn(function()
  neap.select { neap.future(), foreign }
  print("never printed")
end)
neap.sleep(1)
show("cancelled", job:cancel())

local broken = neap.future()
neap.spawn(function()
  neap.sleep(1)
  broken:reject("broken")
end)
show("an arm fails later", pcall(neap.select, { foreign, broken }))
show("an arm has failed", pcall(neap.select, { foreign, broken }))
show("a timeout", neap.select({ foreign }, 1))
show("two are foreign", pcall(neap.select, {
  foreign, { wait = function() error("broken, too", 0) end },
}))
