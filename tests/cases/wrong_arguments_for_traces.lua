-- Wrong arguments are reported at the caller's line; what a function raises that is to write a
-- trace ends the recording, and is raised by stop.
local neap = require "neap"
local trace = require "neap.trace"

print(pcall(function() trace.start() end))
print(pcall(function() trace.start {} end))
print(pcall(function() trace.start { json = "trace.json" } end))

local recording = trace.start { json = function() error({ "disk full" }) end }
neap.yield()
local ok, err = pcall(recording.stop, recording)
print(ok, type(err) == "table" and err[1])
print(recording:stop())

local waiting = trace.start { html = function() neap.sleep(1) end }
print(pcall(waiting.stop, waiting))

local sizes = { 0, 0, 0 }
local function counting(i)
  return function(text) sizes[i] = sizes[i] + #text end
end
local first, second = trace.start { json = counting(1), html = counting(2) },
  trace.start { json = counting(3) }
neap.sleep(1)
print(second:stop(), first:stop())
print(sizes[1] > 500, sizes[3] == sizes[1] or sizes[3] > 500, sizes[2] > 10000 + sizes[1])
