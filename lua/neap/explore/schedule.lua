--- A schedule: what is chosen wherever neap's rules leave a choice open.
--
-- Each choice is a number from 0: 0 is what neap does by itself. So a schedule consists of the
-- choices that are not 0, its deviations: each has the tick in which it is made, the number of the
-- choice within that tick, and what is chosen. As a text they are "3.1.2,7.4.1"; "fifo" has none.
-- Two other texts stand for choices that are made as the program runs: a whole number is the seed
-- of a random schedule, and "pct:SEED:CHANGES:STEPS" is a schedule with random priorities.

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


--- The text of a schedule.
---@param deviations neap.Deviation[]
---@return string
function schedule.text_of(deviations)
  local parts = {}
  for i, it in ipairs(deviations) do
    parts[i] = ("%d.%d.%d"):format(it.tick, it.number, it.choice)
  end
  return parts[1] and concat(parts, ",") or schedule.FIFO
end


--- Reads the deviations from a text.
---@return neap.Deviation[]?  nil if the text is of another form
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


--- Chooses what the deviations say, and 0 wherever there is none.
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


--- Random priorities: a task gets one when it is first seen, and of those that are ready the one
-- with the highest priority runs. At `changes` of the first `steps` choices, which ones is random,
-- that task's priority becomes the lowest of all. (S. Burckhardt and others, "A Randomized
-- Scheduler with Probabilistic Guarantees of Finding Bugs", 2010: a bug that takes so many changes
-- is found with a known probability.)
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


--- Makes the function that makes the choices of a schedule: choose(count, tick, number, tasks?,
-- from?). It gets how many there are to choose from, the tick, and the number of the choice in
-- that; if they are tasks, also a list, and the index of the first. It returns which one, from 0.
---@param text string
---@return function? choose  nil if the text is not a schedule
function schedule.chooser(text)
  if text:find("^%d+$") then return new_random(tonumber(text)) end
  local seed, changes, steps = text:match("^pct:(%d+):(%d+):(%d+)$")
  if seed then return by_priority(tonumber(seed), tonumber(changes), tonumber(steps)) end
  local deviations = schedule.deviations_of(text)
  return deviations and follow(deviations)
end

return schedule
