--- A pool: many jobs, at most so many at a time.
--
-- A job is a task that has not begun until there is room for it. A job that fails fails its own
-- task and nothing else.

local Scope = require "neap.structured.scope"
local Waiters = require "neap.kernel.waiters"
local check = require "neap.check"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"

local error, setmetatable = error, setmetatable
local state, wait = runs.state, tasks.wait

---@class neap.Pool
---@field private size integer
---@field private running integer
---@field private queue neap.Waiters  tasks that have not begun
---@field private idlers neap.Waiters  those who wait until no job is left
local Pool = {}
Pool.__index = Pool


--- Makes a pool.
---@param size integer  how many jobs may run at a time, 1 or more
---@return neap.Pool
function Pool.new(size)
  check.whole(size, 1, 1, "pool")
  local self = setmetatable({ size = size, running = 0, queue = nil, idlers = nil }, Pool)
  self.queue, self.idlers = Waiters.new(self, "queue"), Waiters.new(self, "idle")
  return self
end


local function wake_idlers(self)
  if self.running == 0 and not self.queue:head() then self.idlers:wake_all() end
end

--- Counts a job that is going to begin.
local function admit(self, task)
  self.running = self.running + 1
  task:observe(self)
end


--- A job is dead: the next one begins.
---@private
function Pool:ended()
  self.running = self.running - 1
  local following = self.queue:head()
  if not following then return wake_idlers(self) end
  self.queue:remove(following)
  admit(self, following)
  following:wake()
end


--- Makes a job: ready where there is room, else parked in the queue, and counted when it is woken.
local function submit(self, fn, ...)
  local task = tasks.new(fn, ...)
  if self.running < self.size then
    admit(self, task)
    scheduler.admit(task)
  else
    state.postponed[task] = true
    self.queue:park(task)
    scheduler.count(task)
  end
  return task
end


--- Starts a job as soon as there is room for it.
---@param fn function
---@param ... any  its arguments
---@return neap.Task
function Pool:submit(fn, ...)
  check.callable(fn, 1, "submit")
  return submit(self, fn, ...)
end


--- Calls fn(item, index) for each item of a list, and waits for all.
---@param list table
---@param fn fun(item: any, index: integer): any
---@return table results  the first result of each, in the order of the list; their number in `n`
-- Raises the first error, once the others are cancelled; "cancelled" if somebody has cancelled one.
function Pool:map(list, fn)
  check.type(list, "table", 1, "map")
  check.callable(fn, 2, "map")
  local count = list.n or #list
  local results, jobs = { n = count }, {}
  Scope.within(Scope.new(), function(scope)
    for i = 1, count do
      jobs[i] = scope:own(submit(self, function() results[i] = fn(list[i], i) end))
    end
  end)
  for i = 1, count do
    if jobs[i].state == "cancelled" then error("cancelled", 0) end
  end
  return results
end


--- Waits until no job is left.
function Pool:wait()
  if state.is_cancelling then tasks.checkpoint() end
  if self.running > 0 or self.queue:head() then wait(self.idlers) end
end

function Pool:describe(purpose)
  if purpose == "idle" then return "a pool's last job" end
  return "a place in a pool (" .. self.running .. " of " .. self.size .. " taken)"
end

return Pool
