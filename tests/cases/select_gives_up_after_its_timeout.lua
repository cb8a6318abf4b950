-- With a timeout, select returns nil, "timeout" when nothing was ready in time.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local function at(...)
  print(("at %g s:"):format(clock()), ...)
end

local channel = neap.channel()
at("1 s", neap.select({ channel, neap.future() }, 1))
at("a text", neap.select({ channel }, "500ms"))
at("nothing to wait for", neap.select({}, 1))
at("nobody waits any more", channel:try_send("late"))

neap.spawn(function()
  neap.sleep(1)
  channel:send("in time")
end)
at("in time", neap.select({ channel }, 2))

local settled = neap.future()
settled:resolve("ready")
at("at once", neap.select({ neap.future(), settled }, 0))
at("not at once", neap.select({ neap.future() }, 0))
