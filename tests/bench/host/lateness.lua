-- How late a sleep of 10 ms ends under `neap run`, beside a bare nanosleep, on one clock, in turns.
-- Needs LuaJIT, for its ffi. Prints how much later neap's median is, in milliseconds.

local ffi = require "ffi"
local neap = require "neap"

local MONOTONIC = 1 -- as Linux counts its clocks
local seconds, turns = 0.01, 100

ffi.cdef [[
  int clock_gettime(int clock, long *time);
  int nanosleep(const long *time, long *rest);
]]
local time, duration = ffi.new("long[2]"), ffi.new("long[2]", 0, seconds * 1e9)

local function now()
  ffi.C.clock_gettime(MONOTONIC, time)
  return tonumber(time[0]) + tonumber(time[1]) / 1e9
end

local function lateness(sleep)
  local start = now()
  sleep()
  return (now() - start - seconds) * 1000
end

local function median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

local ours, bare = {}, {}
for i = 1, turns do
  bare[i] = lateness(function() ffi.C.nanosleep(duration, nil) end)
  ours[i] = lateness(function() neap.sleep(seconds) end)
end
local our_median, bare_median = median(ours), median(bare)
local line = "%.3f  ms that a sleep of 10 ms ends later than a bare one (medians: %.3f and %.3f ms)"
print(line:format(our_median - bare_median, our_median, bare_median))
