-- Where a task waits inside of pcalls, a recording names the line all the same, on every VM.
local neap = require "neap"
local trace = require "neap.trace"

local function recorded(fn)
  local recording = trace.start { json = function(text) print((text:match "^%s*(.-)%s*$")) end }
  fn()
  recording:stop()
end

recorded(function()
  print(pcall(function()
    pcall(neap.sleep, "10ms")
    neap.yield()
    local ok = pcall(function()
      neap.sleep("10ms")
      error "it fails"
    end)
    return ok
  end))
end)
neap.spawn(function()
  pcall(function()
    recorded(function() neap.sleep("1ms") end)
  end)
end)
neap.sleep("5ms")
