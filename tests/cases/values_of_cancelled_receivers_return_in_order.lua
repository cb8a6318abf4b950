-- With no receiver left, handed values return to the head of the channel, past its capacity.
local neap = require "neap"

local channel = neap.channel(1)
local receivers = {}
for i = 1, 3 do
  receivers[i] = neap.spawn(function()
    if i == 2 then
      print("never printed", neap.select { channel, neap.future() })
    else
      print("never printed", channel:wait())
    end
  end)
end
neap.yield()
for i = 1, 4 do print("send " .. i, channel:try_send(i)) end
print("kept: " .. channel:len(), "the others are handed over")

for _, i in ipairs { 3, 1, 2 } do
  print("cancel receiver " .. i, receivers[i]:cancel(), "kept: " .. channel:len())
end
print("full", channel:try_send(5))
neap.spawn(function() print("the sender of 5 got", channel:send(5)) end)
neap.yield()
print("close", channel:close())
neap.yield()
channel:each(print)

print("after the close")
local late = neap.channel(0)
local receiver = neap.spawn(function() print("never printed", late:wait()) end)
neap.yield()
late:try_send("handed over")
late:close()
print("cancel", receiver:cancel(), "kept: " .. late:len())
print("received", late:wait())
print("then", late:wait())
