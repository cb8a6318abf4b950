--- Threads of users' that need no task yet, and who is deferred.
--
-- A function that begins in a thread of its user's (`task.spawn`, `task.defer`) may never wait. As
-- long as it does not, it is light: it has its number and counts as alive, but there is no task of
-- it. One is made when it waits or fails, when anybody looks for its task, or for all that live;
-- so nobody can tell the difference. (A task takes a third of a thread's bytes on Lua 5.1; without
-- it, `task.spawn` and `task.defer` take half as long.)
--
-- The one that runs is the newborn; when it spawns another, it becomes a task. The deferred wait
-- here, together with the tasks that are to go on in their users' threads, all in the order they
-- came: of a light one there are its thread, its function, its number, and its arguments, each in
-- an array of its own.

---@diagnostic disable: assign-type-mismatch
local runs = require "neap.kernel.runs"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"

local setmetatable, status, unpack = setmetatable, vm.coroutine.status, threads.unpack
local state = runs.state

--- `is_off` is whether somebody watches: nobody is light then.
local light = { is_off = false }

--- Arrays that were longer are not kept.
local KEPT = 1024

--- Says how tasks are made of light threads: of the newborn, and of a deferred one. Both get the
-- thread, its function, and its number or false; and the arguments as `threads.pack` gives them.
---@param of_newborn fun(thread: thread, body: function, id: integer|false): neap.inside.UserTask
---@param of_deferred fun(thread: thread, body: function, id: integer, ...): neap.inside.UserTask
function light.make_with(of_newborn, of_deferred)
  light.of_newborn, light.of_deferred = of_newborn, of_deferred
end


---@class neap.Deferred
---@field last integer  how many there are to begin the next time
---@field private coming table  those
---@field private count integer  how many there are in the batch that begins now
---@field private going table  those
local Deferred = {}
Deferred.__index = Deferred

--- `made` is how many of the first of them are not light, for sure.
local function new_list()
  return { queue = {}, bodies = {}, ids = {}, counts = {}, values = {}, made = 0 }
end


--- Makes an empty list of those who are deferred.
function light.new_deferred()
  return setmetatable({ last = 0, coming = new_list(), count = 0, going = new_list() }, Deferred)
end


--- Appends a task.
function Deferred:park(task)
  local last = self.last + 1
  task.index = last
  self.coming.queue[last] = task
  self.last, task.place = last, self
end


--- Appends a light thread, and counts it: its function, and its arguments as `threads.pack` gives
-- them.
---@return boolean added  false where it has to be a task from the beginning
function Deferred:add(thread, body, count, value)
  if light.is_off or state.home then return false end
  local list, last, id = self.coming, self.last + 1, state.made + 1
  self.last = last -- where memory ends below, there is a hole
  if value ~= nil then list.values[last] = value end
  if count then list.counts[last] = count end
  list.bodies[last] = body
  list.ids[last] = id
  list.queue[last] = thread
  state.made = id
  return true
end


--- Takes the arguments of a light thread in a list.
local function take_arguments(list, i, value)
  local count = list.counts[i]
  list.values[i] = nil
  if count then list.counts[i] = nil end
  return count, value
end


--- Clears what a hole in a list may hold.
local function clear(list, i)
  list.bodies[i] = nil
  take_arguments(list, i)
end


--- Takes a task out.
function Deferred:remove(task)
  local index, list = task.index, self.coming
  local queue = list.queue
  task.place = false
  if queue[index] ~= task then
    self.going.queue[index] = false
    return
  end
  queue[index] = false
  local last = self.last
  while last > 0 and not queue[last] do
    clear(list, last)
    last = last - 1
  end
  self.last = last
  if list.made > last then list.made = last end
end


function Deferred.describe() return "its turn" end


--- Makes tasks of those that are light in a list.
local function make_listed(self, list, last)
  for i = list.made + 1, last do
    local thread, body, value = list.queue[i], list.bodies[i], list.values[i]
    if thread and body then
      local task = light.of_deferred(thread, body, list.ids[i], list.counts[i], value)
      task.index = i -- may allocate: the arguments are still there
      take_arguments(list, i)
      list.queue[i], list.bodies[i], task.place = task, nil, self
    end
  end
  list.made = last
end


--- Begins those who are there; who comes meanwhile waits for the next time.
---@param run_light fun(thread: thread, body: function, id: integer, ...: any)
---@param run_urgent fun()  called after each
function Deferred:begin_all(run_light, run_urgent)
  local list, count = self.coming, self.last
  self.coming, self.going, self.last, self.count = self.going, list, 0, count
  self.coming.made = 0
  local queue, bodies, ids, values, urgent =
    list.queue, list.bodies, list.ids, list.values, state.urgent
  for i = 1, count do
    local entry = queue[i]
    if entry then
      local body = bodies[i]
      -- Its user may have resumed a light one meanwhile.
      if body and status(entry) ~= "suspended" then
        make_listed(self, list, count)
        entry, body = queue[i], nil
      end
      queue[i] = false
      if body then
        local value = values[i]
        bodies[i] = nil
        if value == nil then
          run_light(entry, body, ids[i])
        else
          run_light(entry, body, ids[i], unpack(take_arguments(list, i, value)))
        end
      else
        entry.place = false
        entry:begin()
      end
      if urgent.last > 0 then run_urgent() end
    else
      clear(list, i)
    end
  end
  self.count = 0
  if count > KEPT then self.going = new_list() end
end


--- Has those wait for the next time who have not begun, where an error has ended a tick.
function Deferred:take_back()
  self:make_all()
  local queue = self.going.queue
  for i = 1, self.count do
    local task = queue[i]
    queue[i] = false
    if task then self:park(task) end
  end
  self.count = 0
end


--- Makes tasks of all that are light.
function Deferred:make_all()
  make_listed(self, self.going, self.count)
  make_listed(self, self.coming, self.last)
end


--- The task of a thread, if there are light ones here, and it is one.
---@param thread thread
function Deferred:find(thread)
  if self.going.made >= self.count and self.coming.made >= self.last then return nil end
  self:make_all()
  return state.task_of[thread]
end

return light
