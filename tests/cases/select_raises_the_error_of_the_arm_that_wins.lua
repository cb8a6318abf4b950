-- An arm whose wait would raise makes select raise, the same value; other arms stay untouched.
local neap = require "neap"

local problem = { code = 5 }
local rejected, channel = neap.future(), neap.channel(1)
rejected:reject(problem)
channel:send("kept")

local ok, err = pcall(neap.select, { neap.future(), rejected, channel })
print("a rejected future", ok, err == problem)
print("the channel keeps its value: " .. channel:len())

local failing = neap.spawn(function()
  neap.sleep(1)
  error(problem)
end)
ok, err = pcall(function() return neap.select({ neap.future(), failing }, 5) end)
print("a task that fails later", ok, err == problem)

local cancelled = neap.spawn(neap.sleep, 10)
neap.spawn(function() cancelled:cancel() end)
print("a cancelled task", pcall(neap.select, { cancelled }))
print("a lower arm that is ready wins", neap.select { channel, rejected })
