--- Looks for a schedule under which a program fails, and for the shortest that does.
--
-- The first schedule is neap's own. What follows depends on the strategy: "random" tries one seed
-- after another; "pct" does the same with random priorities; "exhaustive" tries all schedules with
-- one deviation from neap's own, then all with two, and so on, each once, so what it finds is short
-- already. It leaves out no order of tasks: Lua does not tell which variables two tasks share, so
-- none of their orders is known to be equivalent to another.

---@diagnostic disable: assign-type-mismatch
local schedules = require "neap.explore.schedule"

local floor, ipairs, max, tonumber = math.floor, ipairs, math.max, tonumber

local search = {}

--- How many runs are made at most to shorten a schedule.
local MOST_RUNS = 2000

--- How many of them, at most, look for another schedule with fewer deviations.
local MOST_RUNS_FOR_FEWER = 500

---@class neap.SearchOptions
---@field schedules integer  how many at most
---@field seed integer  of the first random schedule
---@field strategy "random"|"pct"|"exhaustive"
---@field changes integer  of priorities, for "pct"

---@class neap.Found
---@field outcome neap.Outcome  of the shortest schedule
---@field tried integer  how many schedules were tried until one failed
---@field name string  what that one is called in the report
---@field shrinking integer  how many runs it took to shorten it


--- Whether an outcome is a failure: by itself, or compared with that of neap's own schedule.
---@return string? kind
---@return string? failure
local function judge(outcome, first)
  if outcome.kind then return outcome.kind, outcome.failure end
  local values, expected = outcome.values, first.values
  for i = 1, max(#values, #expected) do
    if values[i] ~= expected[i] then
      local text = ("what is to be the same differs: %s, and %s under neap's own schedule")
        :format(values[i] or "nothing", expected[i] or "nothing")
      return "differs", (#expected > 1 and "value " .. i .. ": " or "") .. text
    end
  end
end


--- Tries random schedules until one fails.
local function find_random(try, options, first)
  for i = 1, options.schedules - 1 do
    local seed = options.seed + i - 1
    local text = options.strategy == "random" and ("%d"):format(seed)
      or ("pct:%d:%d:%d"):format(seed, options.changes, max(first.count, 1))
    if try(text, "seed " .. ("%d"):format(seed)) then return end
  end
end


--- Tries all schedules, those with few deviations first.
---@param most? integer  how many deviations a schedule may have; any number if absent
---@return boolean is_complete  whether all there are have been tried
local function find_all(try, options, first, most)
  -- The schedules that are still to be lengthened by one deviation, after the `last` of their own.
  local queue, head, queued = { { deviations = {}, points = first.points, last = 0 } }, 1, 0
  local left, is_complete = options.schedules - 1, true
  while queue[head] do
    local shorter = queue[head]
    queue[head], head = false, head + 1
    local index, count = 0, #shorter.deviations + 1
    for tick, number, size in shorter.points:gmatch("(%d+)%.(%d+)%.(%d+),") do
      index = index + 1
      for choice = 1, index > shorter.last and size - 1 or 0 do
        if left == 0 then return false end
        left = left - 1
        local longer = {}
        for i = 1, count - 1 do longer[i] = shorter.deviations[i] end
        longer[count] = { tick = tonumber(tick), number = tonumber(number), choice = choice }
        local found, outcome = try(schedules.text_of(longer), "schedule")
        if found then return false end
        if most ~= count and queued < left then
          queue[#queue + 1] = { deviations = longer, points = outcome.points, last = index }
          queued = queued + 1
        else
          is_complete = false
        end
      end
    end
  end
  return is_complete
end


--- Shortens a list of deviations as long as what is left still fails (delta debugging).
---@param list neap.Deviation[]
---@param fails fun(shorter: neap.Deviation[]): neap.Deviation[]?  those that had an effect, if it
--- fails with these; nil if not
local function shorten(list, fails)
  local size = #list
  while size >= 1 do
    local i, has_changed = 1, false
    while i <= #list do
      local shorter = {}
      for j = 1, #list do
        if j < i or j >= i + size then shorter[#shorter + 1] = list[j] end
      end
      local left = fails(shorter)
      if left then list, has_changed = left, true else i = i + size end
    end
    if size > 1 then size = floor((size + 1) / 2) elseif not has_changed then size = 0 end
  end
  return list
end


--- Makes the choices themselves smaller, as long as that still fails.
local function lessen(list, fails)
  local i = 1
  while list[i] do
    for choice = 1, list[i].choice - 1 do
      local lesser = {}
      for j, it in ipairs(list) do lesser[j] = it end
      lesser[i] = { tick = list[i].tick, number = list[i].number, choice = choice }
      local left = fails(lesser)
      if left then
        list = left
        break
      end
    end
    i = i + 1
  end
  return list
end


--- Looks for the shortest schedule that fails in the same way as an outcome.
---@return string schedule
---@return integer runs  how many it took
local function shrink(run, outcome, kind, first)
  local runs = 0
  local function fails(list)
    if runs >= MOST_RUNS then return nil end
    runs = runs + 1
    local other = run(schedules.text_of(list))
    if judge(other, first) ~= kind then return nil end
    local used = schedules.deviations_of(other.schedule)
    return #used <= #list and used or list
  end
  local list = fails(schedules.deviations_of(outcome.schedule))
  if not list then return outcome.schedule, runs end
  list = shorten(list, fails)
  if #list > 1 then
    local function try(text)
      runs = runs + 1
      local other = run(text, "points")
      local is_like = judge(other, first) == kind
      if is_like then list = schedules.deviations_of(other.schedule) end
      return is_like, other
    end
    find_all(try, { schedules = MOST_RUNS_FOR_FEWER }, first, #list - 1)
  end
  return schedules.text_of(lessen(list, fails)), runs
end


--- Runs a program under one schedule, and under neap's own for comparison.
---@return neap.Outcome
---@return string? failure  nil if it has not failed
function search.replay(run, schedule)
  local first, outcome = run(schedules.FIFO), run(schedule, "story")
  local _, failure = judge(outcome, first)
  return outcome, failure
end


--- Searches for a schedule under which a program fails, and shortens it.
---@param run fun(schedule: string, what: "points"|"story"|nil): neap.Outcome
---@param options neap.SearchOptions
---@return neap.Found?  nil if none has failed
---@return integer tried  how many schedules
---@return boolean is_complete  whether these are all there are
function search.find(run, options)
  local first = run(schedules.FIFO, "points")
  local found, tried = nil, 1
  local function note(outcome, name)
    local kind = judge(outcome, first)
    if kind then found = { outcome = outcome, kind = kind, name = name } end
    return found ~= nil, outcome
  end
  local function try(text, name)
    tried = tried + 1
    return note(run(text, options.strategy == "exhaustive" and "points" or nil), name)
  end

  local is_complete = first.count == 0
  if not note(first, "neap's own schedule") and not is_complete then
    local find = options.strategy == "exhaustive" and find_all or find_random
    is_complete = find(try, options, first) or false
  end
  if not found then return nil, tried, is_complete end

  local schedule, runs = shrink(run, found.outcome, found.kind, first)
  local outcome = run(schedule, "story")
  local kind, failure = judge(outcome, first)
  if kind ~= found.kind then
    outcome, failure = found.outcome, "(not again) " .. (found.outcome.failure or "")
  end
  outcome.failure = failure
  return { outcome = outcome, tried = tried, name = found.name, shrinking = runs }, tried, false
end

return search
