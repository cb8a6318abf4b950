-- Tasks that keep making others ready starve nobody: what they make ready runs a tick later.
local neap = require "neap"

local function chain(links)
  print("link " .. links)
  if links > 1 then neap.spawn(chain, links - 1) end
end

neap.spawn(chain, 4)
neap.spawn(function()
  for turn = 1, 3 do
    print("  turn " .. turn)
    neap.yield()
  end
end)

for tick = 1, 4 do
  print("tick " .. tick)
  neap.yield()
end
