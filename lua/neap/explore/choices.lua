--- Makes the choices of a run as a schedule says, and records them.
--
-- There are three kinds: which of the tasks that are ready runs next in a tick, which of several
-- equal deadlines comes first, and which of the arms of a `select` that are ready is taken. All
-- else that neap promises is kept: a tick runs each task that was ready when it began, once, and
-- what becomes ready meanwhile runs in the next. Where tasks have equal deadlines, no choice is
-- needed: they are made ready for the next tick, whose order is a choice anyway.

---@diagnostic disable: redundant-parameter
local awaitable = require "neap.kernel.awaitable"
local schedule = require "neap.explore.schedule"
local scheduler = require "neap.kernel.scheduler"
local Timers = require "neap.kernel.timers"

local concat, rawget, setmetatable = table.concat, rawget, setmetatable

--- How many choices of a run are recorded at most.
local MANY = 10000

---@class neap.Choices
---@field tick integer  how many have begun
---@field count integer  how many choices there were
---@field deviations neap.Deviation[]  those that were not 0
---@field points integer[]  three for each: tick, number, how many there were to choose from
---@field notes (fun(kind: string, what: any))?  is told of the choices that are not 0
---@field on_tick fun()?  is called at the beginning of each tick
---@field is_endless boolean  whether the run was ended, for it did not end by itself
---@field private number integer  of the last choice within the tick
---@field private chooser function  see `schedule.chooser`
---@field private ready neap.inside.Task[]
---@field private places integer[]  where each of them stood
local Choices = {}
Choices.__index = Choices


--- Makes a choice.
---@param count integer  how many there are to choose from
---@param tasks? table[]  these, where they are tasks that are ready
---@param from? integer  the index of the first of them
---@return integer choice  from 0
local function choose(self, count, tasks, from)
  local number = self.number + 1
  self.number, self.count = number, self.count + 1
  local choice = self.chooser(count, self.tick, number, tasks, from)
  if self.count <= MANY then
    local points, last = self.points, 3 * self.count - 3
    points[last + 1], points[last + 2], points[last + 3] = self.tick, number, count
  end
  if choice > 0 then
    self.deviations[#self.deviations + 1] = { tick = self.tick, number = number, choice = choice }
  end
  return choice
end


--- Moves an entry of a list forward.
local function move(list, from, to)
  local entry = list[from]
  for i = from, to + 1, -1 do list[i] = list[i - 1] end
  list[to] = entry
end


--- Writes the tasks back in their new order, without those that have left since they were copied: a
-- finalizer that the collector called may have cancelled one. Nothing here allocates, so that the
-- collector does not run meanwhile.
local function put_back(ready, places, count, tasks, size)
  local left = 0
  for i = 1, count do
    if tasks[places[i]] == ready[i] then
      left = left + 1
      ready[left] = ready[i]
    end
  end
  for i = 1, size do
    local task = i <= left and ready[i]
    tasks[i] = task
    if task and rawget(task, "index") ~= nil then task.index = i end
  end
  for i = count, 1, -1 do ready[i] = nil end
end


--- Orders the tasks that are ready, at the beginning of a tick.
function Choices:arrange(tasks, size)
  self.tick, self.number = self.tick + 1, 0
  local ready, places, count = self.ready, self.places, 0
  for i = 1, size do
    if tasks[i] then
      count = count + 1
      ready[count], places[count] = tasks[i], i
    end
  end
  for i = 1, count - 1 do
    local choice = choose(self, count - i + 1, ready, i)
    if choice > 0 then
      move(ready, i + choice, i)
      move(places, i + choice, i)
      if self.notes then self.notes("order", ready[i]) end
    end
  end
  put_back(ready, places, count, tasks, size)
  if self.on_tick then self.on_tick() end -- who looks for a task finds it where it stands now
end


--- Which of several waiters with equal deadlines is woken first. There is no choice if all of them
-- are tasks (which have an `id`).
---@return integer index
function Choices:deadline(waiters)
  local is_open = false
  for i = 1, #waiters do
    if not waiters[i].id then is_open = true end
  end
  local choice = is_open and choose(self, #waiters) or 0
  if choice > 0 and self.notes then self.notes("deadline", choice + 1) end
  return choice + 1
end


--- Which arm of a `select` is taken, given the first that is ready.
function Choices:arm(list, first, count)
  local ready = { first }
  for i = first + 1, count do
    if awaitable.is_own(list[i]) and list[i]:is_ready() then ready[#ready + 1] = i end
  end
  local choice = ready[2] and choose(self, #ready) or 0
  if choice > 0 and self.notes then self.notes("arm", ready[choice + 1]) end
  return ready[choice + 1]
end


--- The deviations, as a schedule's text.
function Choices:text() return schedule.text_of(self.deviations) end

--- All choices, as "tick.number.count," each.
function Choices:points_text()
  local points, parts = self.points, {}
  for i = 1, #points, 3 do
    parts[#parts + 1] = ("%d.%d.%d,"):format(points[i], points[i + 1], points[i + 2])
  end
  return concat(parts)
end


--- Makes all choices from now on, until `stop`.
---@param text string  a schedule
---@return neap.Choices
function Choices.start(text)
  local self = setmetatable({
    tick = 0, number = 0, count = 0, deviations = {}, points = {}, ready = {}, places = {},
    notes = nil, on_tick = nil, is_endless = false, chooser = schedule.chooser(text),
  }, Choices)
  scheduler.set_order(function(tasks, count) return self:arrange(tasks, count) end)
  Timers.choose_with(function(waiters) return self:deadline(waiters) end)
  awaitable.prefer = function(list, first, count) return self:arm(list, first, count) end
  return self
end


--- Leaves all choices to neap again.
function Choices.stop()
  scheduler.set_order(nil)
  Timers.choose_with(nil)
  awaitable.prefer = nil
end

return Choices
