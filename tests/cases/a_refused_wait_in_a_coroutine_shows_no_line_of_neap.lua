-- A coroutine that waits where the VM refuses it gets the VM's own error: no line of neap's stands
-- before it.
local neap = require "neap"

local function refused(wait)
  local thread = coroutine.create(function()
    table.sort({ 2, 1 }, function()
      wait()
      return false
    end)
  end)
  local _, err = coroutine.resume(thread)
  return err:match("^attempt to yield across") or err
end

print("sleep", refused(function() neap.sleep(1) end))
print("yield", refused(function() neap.yield() end))
print("receive", refused(function() neap.channel(0):wait() end))
print("future", refused(function() neap.future():wait() end))
