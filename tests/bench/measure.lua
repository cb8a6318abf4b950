--- Measures neap beside a baseline, in one process, turn by turn, and prints the best of each.
--
-- A figure is one line: the ratio of the two times first, then what was measured and over what. Its
-- file says so in full. Each bench runs on every VM, through the Rust host or without it:
--
--   neap run --virtual-time tests/bench/switch.lua
--   LUA_PATH="lua/?.lua;tests/bench/?.lua;;" lua5.1 tests/bench/switch.lua

local collectgarbage, huge, min, print = collectgarbage, math.huge, math.min, print
local clock = os.clock

local measure = {}


--- Prints a figure.
---@param what string  what was measured
---@param over string  its baseline
---@param ours number
---@param bare number
---@param unit? string  nanoseconds if absent
function measure.print(what, over, ours, bare, unit)
  unit = unit or "ns"
  print(("%.2f  %s, over %s (%.0f %s over %.0f %s)"):format(
    ours / bare, what, over, ours, unit, bare, unit))
end


--- Runs fn, on a heap without garbage.
---@param fn fun(): number?  returns the seconds that it took where not all of it counts
---@return number seconds
function measure.seconds(fn)
  collectgarbage()
  local start = clock()
  return fn() or clock() - start
end


--- Runs ours and its baseline in turns, five times each, and prints the figure.
---@param what string
---@param over string
---@param count integer  how often each does it in one run
---@param bare fun(): number?
---@param ours fun(): number?
function measure.compare(what, over, count, bare, ours)
  local best_bare, best_ours = huge, huge
  for _ = 1, 5 do
    best_bare = min(best_bare, measure.seconds(bare))
    best_ours = min(best_ours, measure.seconds(ours))
  end
  measure.print(what, over, best_ours / count * 1e9, best_bare / count * 1e9)
end

return measure
