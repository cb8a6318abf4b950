-- When a holder is cancelled, what it registered inside the lock runs before the lock is free.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local function say(...) print(("%g s:"):format(clock()), ...) end

local outer, inner = neap.mutex(), neap.mutex()
local holder = neap.spawn(function()
  neap.finally(say, "registered before both")
  outer:with(function()
    neap.finally(function()
      neap.sleep(1)
      say("registered in the outer lock; the inner is free", inner:try_acquire())
      inner:release()
    end)
    inner:with(function()
      neap.finally(function()
        neap.sleep(1)
        say("registered in the inner lock; that is free", inner:try_acquire())
      end)
      neap.sleep(100)
    end)
  end)
end)
neap.spawn(function() outer:with(say, "the next one has the outer lock") end)
neap.yield()
say("cancel", holder:cancel())
say("wait", pcall(holder.wait, holder))
