-- Two tasks and two channels: who runs when is the same on every Lua, every time.
local neap = require "neap"

local ping, pong = neap.channel(0), neap.channel(0)
local function play(name, hears, says)
  neap.finally(print, name .. " leaves the table")
  hears:each(function(ball)
    print(name .. " hits ball " .. ball)
    if ball == 3 then
      says:close()
    else
      says:send(ball + 1)
    end
  end)
end
neap.spawn(play, "ann", ping, pong)
neap.spawn(play, "bob", pong, ping)
print("main serves")
ping:send(1)
neap.sleep(1)
ping:close()
print("main closes the other side")
