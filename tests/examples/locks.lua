local neap = require "neap"

local tide, bridge = neap.event(), neap.mutex()
for ship = 1, 3 do
  neap.spawn(function()
    tide:wait()
    bridge:with(function()
      print("ship " .. ship .. " passes")
      neap.sleep("10ms")
    end)
  end)
end
neap.sleep("10ms")
print("the tide is in")
tide:set()
