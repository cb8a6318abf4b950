-- All waiters of a future wake when it is settled, in the order in which they came.
local neap = require "neap"

local future, broken = neap.future(), neap.future()
local reason = { code = 404 }
for i = 1, 3 do
  neap.spawn(function()
    print("waiter " .. i .. " got", future:wait())
    local ok, err = pcall(broken.wait, broken)
    print("waiter " .. i .. " caught", ok, err == reason)
  end)
end
neap.sleep(1)
print("resolve")
future:resolve("sun", nil, "moon")
print("nobody has run yet")
neap.sleep(1)
print("reject")
broken:reject(reason)
neap.sleep(1)
print("one who comes later", future:wait())
print("and by a call", future())
