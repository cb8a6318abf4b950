-- A task that waits for itself could never end: that is an error at once, and nothing else breaks.
local neap = require "neap"

local me
me = neap.spawn(function()
  local ok, err = pcall(function()
    return neap.current():wait(), "never"
  end)
  print(ok, err)
  neap.sleep(1)
  return "the task went on"
end)
print(me:wait())
