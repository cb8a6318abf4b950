-- An interval's ticks are due at whole periods after the call, however late the others came.
local time = require "ward.time"
for second = 1, 5 do
  task.delay(second - 0.125, function() print("almost " .. second .. " seconds") end)
end
local interval = time.interval("1s")
print("tick " .. interval:wait())
task.wait(0.5)
print("half a period late:")
print("tick " .. interval:wait())
task.wait(2.5)
print("two and a half periods late:")
for _ = 1, 3 do print("tick " .. interval()) end
print(select(2, pcall(function() time.interval("0 parsecs") end)))
