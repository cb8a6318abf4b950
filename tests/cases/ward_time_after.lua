-- time.after calls a function after a while, in a task of its own, which gives its results.
local async = require "ward.async"
local time = require "ward.time"
local later = time.after("2s", function()
  print("after two seconds")
  return "result", nil
end)
print("script: goes on")
print("wait:", later:wait())
print("wait again:", pcall(later.wait, later))

local never = time.after("1h", function() print("never printed") end)
print("cancel:", never:cancel(), pcall(never.wait, never))

time.after("3s", function() print("nobody holds this one, and yet it runs") end)
for _ = 1, 3 do
  collectgarbage()
  collectgarbage()
  async.await(time.sleep("500ms"))
end
print(select(2, pcall(function() time.after(1, "no function") end)))
