--- Looks for a schedule under which a program fails, and for the shortest that does.
--
-- The first schedule is neap's own. Then, by the strategy: "random", a seed after the other; "pct",
-- the same with random priorities; "exhaustive", all schedules with one deviation from neap's own,
-- then all with two, and so on, each once: what is found so is short already. Nothing is left out
-- there but choices of which nothing can depend (neap.explore.choices): which of its variables two
-- tasks share, no Lua tells, so that none of their orders can be known to be like another.

local schedules = require "neap.explore.schedule"

local floor, ipairs, max, tonumber = math.floor, ipairs, math.max, tonumber

local search = {}

--- So many runs are made to shorten a schedule; and to find another one with fewer deviations.
local PATIENCE, SHORTER = 2000, 500

---@class neap.SearchOptions
---@field schedules integer  how many at most
---@field seed integer  of the first random schedule
---@field strategy "random"|"pct"|"exhaustive"
---@field changes integer  of priorities, for "pct"

---@class neap.Found
---@field outcome neap.Outcome  of the shortest schedule
---@field tried integer  schedules before that was found which was shortened
---@field name string  what that was called
---@field shrinking integer  runs to shorten it


--- Whether an outcome is a failure: of itself, or beside the first one.
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
---@param most? integer  deviations; any number if absent
---@return boolean is_complete  whether there are no more
local function find_all(try, options, first, most)
  local queue, head, left, is_complete = { { {}, first.points, 0 } }, 1, options.schedules - 1, true
  local waiting = 0
  while queue[head] do
    local deviations, points, last = queue[head][1], queue[head][2], queue[head][3]
    queue[head], head = false, head + 1
    local index, count = 0, #deviations + 1
    for tick, number, size in points:gmatch("(%d+)%.(%d+)%.(%d+),") do
      index = index + 1
      for choice = 1, index > last and size - 1 or 0 do
        if left == 0 then return false end
        left = left - 1
        local longer = {}
        for i = 1, count - 1 do longer[i] = deviations[i] end
        longer[count] = { tick = tonumber(tick), number = tonumber(number), choice = choice }
        local found, outcome = try(schedules.text_of(longer), "schedule")
        if found then return false end
        if most ~= count and waiting < left then
          queue[#queue + 1] = { longer, outcome.points, index }
          waiting = waiting + 1
        else
          is_complete = false
        end
      end
    end
  end
  return is_complete
end


--- Shortens a list as long as `fails` says that what is left does what it did (delta debugging).
---@param list table[]
---@param fails fun(shorter: table[]): table[]?  what has been left of it in fact
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


--- Makes the choices themselves smaller.
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


--- Looks for the shortest schedule that fails as one did.
---@return string schedule
---@return integer runs
local function shrink(run, outcome, kind, first)
  local runs = 0
  local function fails(list)
    if runs >= PATIENCE then return nil end
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
    find_all(try, { schedules = SHORTER }, first, #list - 1)
  end
  return schedules.text_of(lessen(list, fails)), runs
end


--- Runs a program under one schedule, and under neap's own for a comparison.
---@return neap.Outcome
---@return string? failure
function search.replay(run, schedule)
  local first, outcome = run(schedules.FIFO), run(schedule, "story")
  local _, failure = judge(outcome, first)
  return outcome, failure
end


--- Searches.
---@param run fun(schedule: string, what: "points"|"story"|nil): neap.Outcome
---@param options neap.SearchOptions
---@return neap.Found?
---@return integer tried
---@return boolean is_complete  whether there are no other schedules
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
