--- Measures neap beside a baseline, in one process, turn by turn, and prints the best of each.
--
-- A figure is one line: the ratio of the two best times first, then what was measured and over
-- what, and the lowest and the highest ratio of a single turn, for the machine's noise. Its file
-- says so in full. Each bench runs on every VM, through the Rust host or without it:
--
--   neap run --virtual-time tests/bench/switch.lua
--   LUA_PATH="lua/?.lua;tests/bench/?.lua;;" lua5.1 tests/bench/switch.lua

local collectgarbage, huge, max, min, print =
  collectgarbage, math.huge, math.max, math.min, print
local clock, create, resume = os.clock, coroutine.create, coroutine.resume

local measure = {}


--- Lets a clock that a sleep moves forward at once serve neap: nothing but the work is measured.
-- Under `neap run`, --virtual-time does the same.
function measure.use_virtual_clock()
  local neap = require "neap"
  if #neap.tasks() == 0 then neap.use(require "neap.hosts.virtual") end
end


--- A baseline: creates coroutines of a function in batches, and then resumes those of the batch.
---@param count integer  of the coroutines
---@param batch integer
---@return fun()
function measure.create_and_resume(count, batch, fn)
  return function()
    local threads = {}
    for _ = 1, count / batch do
      for i = 1, batch do threads[i] = create(fn) end
      for i = 1, batch do resume(threads[i]) end
    end
  end
end


--- Prints a figure.
---@param what string  what was measured
---@param over string  its baseline
---@param ours number
---@param bare number
---@param unit? string  nanoseconds if absent
---@param noise? string  the range of the ratios, if it was measured several times
function measure.print(what, over, ours, bare, unit, noise)
  unit = unit or "ns"
  print(("%.2f  %s, over %s (%.0f %s over %.0f %s%s)"):format(
    ours / bare, what, over, ours, unit, bare, unit, noise and "; " .. noise or ""))
end


--- Runs fn, on a heap without garbage.
---@param fn fun(): number?  returns the seconds that it took where not all of it counts
---@return number seconds
function measure.seconds(fn)
  collectgarbage()
  local start = clock()
  return fn() or clock() - start
end


--- Runs two functions in turns, five times each.
---@return number nanoseconds  the best time of the first, divided by count
---@return number nanoseconds  the best time of the second
---@return string noise  the lowest and the highest ratio of the second to the first, or the inverse
local function alternate(count, first, second, is_inverse)
  local best_first, best_second, lowest, highest = huge, huge, huge, 0
  for _ = 1, 5 do
    local a, b = measure.seconds(first), measure.seconds(second)
    best_first, best_second = min(best_first, a), min(best_second, b)
    local ratio = is_inverse and a / b or b / a
    lowest, highest = min(lowest, ratio), max(highest, ratio)
  end
  return best_first / count * 1e9, best_second / count * 1e9,
    ("%.2f to %.2f"):format(lowest, highest)
end


--- Measures ours and its baseline, and prints the figure.
---@param what string
---@param over string
---@param count integer  how often each does it in one run
---@param bare fun(): number?
---@param ours fun(): number?
function measure.compare(what, over, count, bare, ours)
  local bare_time, our_time, noise = alternate(count, bare, ours)
  measure.print(what, over, our_time, bare_time, nil, noise)
end


--- Measures ours and another scheduler, and prints how many times as fast ours is.
---@param peer string  the other's name
---@param what string
---@param count integer  how often each does it in one run
---@param theirs fun(): number?
---@param ours fun(): number?
function measure.race(peer, what, count, theirs, ours)
  local their_time, our_time, noise = alternate(count, theirs, ours, true)
  print(("%.2f  times as fast as %s: %s (%.0f ns, %s %.0f ns; %s)"):format(
    their_time / our_time, peer, what, our_time, peer, their_time, noise))
end

return measure
