-- Two sleeps of a task, with marks that a trace of system calls shows. The host owns the loop.

local neap = require "neap"
local uv = require "luv"
require("neap.hosts.uv").attach()

local function mark(text)
  io.stdout:write(text, "\n")
  io.stdout:flush()
end

neap.spawn(function()
  neap.sleep("100ms")
  mark "a short sleep"
  local slept = neap.sleep("300ms")
  mark "a long sleep"
  slept = slept + neap.sleep("2s")
  mark "the end"
  assert(slept < 3, "woken late: " .. slept)
  os.exit(0)
end)

if not vim then uv.run() end
