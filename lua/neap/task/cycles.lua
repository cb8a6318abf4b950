--- Tasks that wait for each other in a circle: nothing can ever wake them, whoever else lives.
--
-- A place may say whose end its waiters need: `needs(waiter)` gives the tasks of which one has to
-- end, or to let go, before that waiter can go on. A place without it (a channel, a timer, a
-- future) may wake its waiters in other ways. So a task is stuck if all that it needs are stuck:
-- at first everyone is who needs somebody, and then those go, again and again, who need one that is
-- not.

---@diagnostic disable: need-check-nil
local listing = require "neap.kernel.listing"

local pairs, setmetatable, tostring = pairs, setmetatable, tostring

local cycles = {}

--- The tasks whose circle has been told.
local told = setmetatable({}, { __mode = "k" })


--- Those of which a waiter needs one to end.
---@return table[]?  nil if something else may wake it
function cycles.needs(waiter)
  local place = waiter.place
  local needs = place and place.needs
  local tasks = needs and needs(place, waiter)
  return tasks and tasks[1] and tasks or nil
end


--- Those of which one has to end before any of several waiters can go on.
---@param waiters (table|false)[]
---@param count integer
---@return table[]?  nil if something else may wake one
function cycles.needs_of_any(waiters, count)
  local tasks = {}
  for i = 1, count do
    if waiters[i] then
      local needs = cycles.needs(waiters[i])
      if not needs then return nil end
      for j = 1, #needs do tasks[#tasks + 1] = needs[j] end
    end
  end
  return tasks
end


--- Whether somebody of a list is not in a set.
local function is_anybody_out(list, set)
  for i = 1, #list do
    if not set[list[i]] then return true end
  end
  return false
end


--- The tasks that are stuck, each with those that it needs.
local function find_stuck(tasks)
  local stuck = {}
  for i = 1, #tasks do stuck[tasks[i]] = cycles.needs(tasks[i]) end
  local has_changed
  repeat
    has_changed = false
    for task, needs in pairs(stuck) do
      if is_anybody_out(needs, stuck) then stuck[task], has_changed = nil, true end
    end
  until not has_changed
  return stuck
end


--- The circle that a stuck task leads into.
---@return table[] tasks  in the order in which they wait, from the one that was made first
local function circle_from(task, stuck)
  local at = {}
  local path, count = {}, 0
  while not at[task] do
    count = count + 1
    path[count], at[task] = task, count
    task = stuck[task][1]
  end
  local first = at[task]
  for i = first, count do
    if path[i].id < path[first].id then first = i end
  end
  local begin, circle = at[task], {}
  local length = count - begin + 1
  for i = 0, length - 1 do circle[i + 1] = path[begin + (first - begin + i) % length] end
  return circle
end


--- All circles, each once.
---@return table[][] circles  each a list of tasks
function cycles.find()
  local tasks, seen, circles = listing.all(), {}, {}
  local stuck = find_stuck(tasks)
  for i = 1, #tasks do
    if stuck[tasks[i]] then
      local circle = circle_from(tasks[i], stuck)
      if not seen[circle[1]] then circles[#circles + 1] = circle end
      seen[circle[1]] = true
    end
  end
  return circles
end


--- A circle in words.
---@param circle table[]
---@return string
function cycles.describe(circle)
  local text = tostring(circle[1]) .. " waits for "
  if #circle == 1 then return text .. "itself" end
  for i = 2, #circle do text = text .. tostring(circle[i]) .. ", which waits for " end
  return text .. tostring(circle[1])
end


--- The circles that this has not given before, in words.
---@return string[]
function cycles.news()
  local circles, texts = cycles.find(), {}
  for i = 1, #circles do
    if not told[circles[i][1]] then texts[#texts + 1] = cycles.describe(circles[i]) end
    told[circles[i][1]] = true
  end
  return texts
end

return cycles
