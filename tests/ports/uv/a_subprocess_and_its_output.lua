-- A subprocess writes while tasks wait for it, and a timer of the user's goes on.

local neap, uv = require "neap", require "luv"
require("neap.hosts.uv").attach()

local function start(command)
  local output, lines, code = uv.new_pipe(false), neap.channel(100), neap.future()
  local process
  local options = { args = { "-c", command }, stdio = { nil, output } }
  process = uv.spawn("sh", options, function(status, signal)
    process:close()
    code:resolve(status, signal)
  end)
  output:read_start(function(err, data)
    assert(not err, err)
    if data then return lines:try_send(data) end
    output:close()
    lines:close()
  end)
  return lines, code, process
end

local ticks = 0
local timer = uv.new_timer()
timer:start(5, 5, function() ticks = ticks + 1 end)

neap.spawn(function()
  local lines, code = start("echo flood; sleep 0.2; echo ebb; exit 3")
  lines:each(function(line) print("it says: " .. line:sub(1, -2)) end)
  print("it ends with " .. (code:wait()))
  print("the timer went on: " .. tostring(ticks >= 5))
  local _, quick = start("exit 0")
  local _, slow, process = start("exec sleep 10")
  print("first of two: " .. neap.select { slow, quick })
  print("too slow: ", neap.select({ slow }, "20ms"))
  process:kill("sigterm")
  print("killed: ", slow:wait())
  timer:close()
end)

uv.run()
