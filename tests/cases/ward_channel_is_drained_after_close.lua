-- close keeps what is queued: receivers get all of it, then nil, "closed".
local async = require "ward.async"
local ch = async.channel()
for _, value in ipairs { "one", "two", "three" } do ch:send(value) end
ch:close()
for _ = 1, 5 do
  local value, err = ch:wait()
  print(value, err)
end

local waited = async.channel(1)
local receiver = async.spawn(function() return waited:wait() end)
local full = async.channel(1)
full:send("first")
local sender = async.spawn(function() return full:send("second") end)
async.spawn(function()
  waited:close()
  full:close()
end):wait()
print("a receiver that waits:", receiver:wait())
print("a sender that waits:", sender:wait())
print("what was queued is still there: " .. full:wait())
print("then:", full:wait())
