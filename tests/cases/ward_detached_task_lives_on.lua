-- A detached task goes on when its handle has been collected, and is waited for at the end.
local async = require "ward.async"
local time = require "ward.time"
do
  local handle = async.spawn(function()
    time.sleep("10s"):wait()
    print("detached: ran to its end")
  end)
  print("detach:", handle:detach(), handle:detach())
end
for _ = 1, 3 do
  time.sleep(1):wait()
  collectgarbage()
  collectgarbage()
end
print("script: ends")
