-- Callbacks of sort and gsub cannot wait on any Lua: the wait raises, and leaves nothing behind.
local neap = require "neap"
local channel = neap.channel()
local function attempts(where)
  local ok, err = pcall(table.sort, { 3, 2, 1 }, function(a, b)
    neap.sleep(1)
    return a < b
  end)
  print(where .. ", sort:", ok, type(err))
  ok, err = pcall(string.gsub, "text", "x", function() return (channel:wait()) end)
  print(where .. ", gsub:", ok, type(err))
end
attempts("script")
neap.spawn(attempts, "task"):wait()
task.spawn(attempts, "thread of the task face")
print("nobody has been left in the channel: " .. tostring(channel:try_send("a value")))
print(("nor a timer: slept %g seconds"):format(neap.sleep(3)))
