-- close keeps what is in the channel for receivers; nothing more can be sent.
local neap = require "neap"

local channel = neap.channel(5)
for i = 1, 3 do channel:send("value " .. i) end
print("close", channel:close())
print("close again", channel:close())
print("send", channel:send("more"))
print("try_send", channel:try_send("more"))
print("kept: " .. channel:len())
print("wait", channel:wait())
print("try_recv", channel:try_recv())
print("select", neap.select { channel })
print("wait", channel:wait())
print("try_recv", channel:try_recv())
print("select", neap.select { channel })
print("select, sending", neap.select { channel:sending("more") })
channel:each(error)
print("each has nothing to call its function for")
