--- A schedule: what is chosen wherever neap's rules leave a choice open.
--
-- Each choice is a number from 0: 0 is what neap does by itself. So a schedule is told by the
-- choices that are not 0, its deviations: each has the tick in which it is made, the number of the
-- choice within that tick, and what is chosen. As a text they are "3.1.2,7.4.1"; "fifo" has none.
-- Two other texts stand for choices that are made as the program runs: a whole number, the seed of
-- a random schedule, and "pct:SEED:CHANGES:STEPS", that of one with random priorities.

---@diagnostic disable: need-check-nil, param-type-mismatch
local new_random = require "neap.explore.random"

local concat, ipairs, tonumber = table.concat, ipairs, tonumber

local schedule = {}

--- The schedule that neap follows by itself.
schedule.FIFO = "fifo"

---@class neap.Deviation
---@field tick integer
---@field number integer  of the choice within the tick
---@field choice integer


---@param deviations neap.Deviation[]
---@return string
function schedule.text_of(deviations)
  local parts = {}
  for i, it in ipairs(deviations) do
    parts[i] = ("%d.%d.%d"):format(it.tick, it.number, it.choice)
  end
  return parts[1] and concat(parts, ",") or schedule.FIFO
end


--- The deviations that a text tells.
---@return neap.Deviation[]?  nil if it is no such text
function schedule.deviations_of(text)
  local deviations = {}
  if text == schedule.FIFO then return deviations end
  for part in (text .. ","):gmatch("([^,]*),") do
    local tick, number, choice = part:match("^(%d+)%.(%d+)%.(%d+)$")
    if not tick then return nil end
    deviations[#deviations + 1] =
      { tick = tonumber(tick), number = tonumber(number), choice = tonumber(choice) }
  end
  return deviations
end


local function follow(deviations)
  local choices = {}
  for _, it in ipairs(deviations) do
    choices[it.tick] = choices[it.tick] or {}
    choices[it.tick][it.number] = it.choice
  end
  return function(count, tick, number)
    local choice = choices[tick] and choices[tick][number] or 0
    return choice < count and choice or 0
  end
end


--- Random priorities: a task gets one when it is seen first, and the highest of those that are
-- ready runs. At so many steps, chosen at random among the first ones, that task becomes the
-- lowest of all. (S. Burckhardt and others, "A Randomized Scheduler with Probabilistic Guarantees
-- of Finding Bugs", 2010: it finds each bug that takes so many changes with a known probability.)
local function by_priority(seed, changes, steps)
  local random, priorities = new_random(seed), {}
  local changes_at, lowest, step = {}, 0, 0
  for _ = 1, changes do changes_at[random(steps) + 1] = true end

  local function highest(tasks, from, count)
    local best
    for i = from, from + count - 1 do
      local id = tasks[i].id
      priorities[id] = priorities[id] or 1 + random(1000000)
      if not best or priorities[id] > priorities[tasks[best].id] then best = i end
    end
    return best
  end

  return function(count, _, _, tasks, from)
    if not tasks then return random(count) end
    local best = highest(tasks, from, count)
    step = step + 1
    if changes_at[step] then
      lowest = lowest - 1
      priorities[tasks[best].id] = lowest
      best = highest(tasks, from, count)
    end
    return best - from
  end
end


--- Makes a function that makes the choices of a schedule.
---@param text string
---@return function? choose  gets of how many one is to be chosen, the tick, and the number in that;
--- where these are tasks that are ready, also a list, and where they begin in it; gives which, from
--- 0. nil if the text is no schedule's
function schedule.chooser(text)
  if text:find("^%d+$") then return new_random(tonumber(text)) end
  local seed, changes, steps = text:match("^pct:(%d+):(%d+):(%d+)$")
  if seed then return by_priority(tonumber(seed), tonumber(changes), tonumber(steps)) end
  local deviations = schedule.deviations_of(text)
  return deviations and follow(deviations)
end

return schedule
