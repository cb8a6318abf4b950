-- A busy system may take the processor away just before libuv waits for events: it serves the timer
-- first then. The wait is over all the same, although a socket keeps libuv's loop alive.

local neap, uv = require "neap", require "luv"

local run = uv.run

--- Runs the loop, some milliseconds late.
function uv.run(mode) ---@diagnostic disable-line: duplicate-set-field
  local start = uv.hrtime()
  while uv.hrtime() - start < 3e6 do end
  return run(mode)
end

local server = uv.new_tcp()
server:bind("127.0.0.1", 0)
server:listen(1, function() end)

local watchdog = uv.new_timer()
watchdog:start(5000, 0, function() error("a sleep goes on for ever") end)

neap.run(function()
  for _ = 1, 10 do neap.sleep("1ms") end
  print("10 sleeps have ended")
  server:close()
  watchdog:close()
end)
uv.run()
