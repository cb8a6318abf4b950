-- spawn makes tasks that stand on their own: the end of the one that spawned them is not theirs.
local neap = require "neap"

neap.on_error(function(err) print("reported: " .. err) end)

local owner = neap.spawn(function()
  neap.spawn(function()
    neap.sleep(1)
    print("the child goes on")
    error("the child fails on its own", 0)
  end)
  neap.sleep("1h")
end)
neap.yield()
print("cancel the owner", owner:cancel())

local failing = neap.spawn(function()
  neap.spawn(function()
    neap.sleep(2)
    print("the other child goes on")
  end)
  error("an owner fails", 0)
end)
print(pcall(failing.wait, failing))
print("main ends")
