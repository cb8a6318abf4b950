local neap = require "neap"

local crews = neap.pool(2)
local weights = crews:map({ "coal", "timber", "salt" }, function(cargo)
  print("unloading " .. cargo)
  neap.sleep("10ms")
  return #cargo
end)
print(weights[1], weights[2], weights[3])
