--- A pool: many jobs, at most so many at a time.
--
-- A job is a task that has not begun until there is room for it. A job that fails fails its own
-- task and nothing else.

---@diagnostic disable: access-invisible, need-check-nil
local Waiters = require "neap.kernel.waiters"
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local group = require "neap.structured.group"
local kinds = require "neap.kinds"
local listing = require "neap.kernel.listing"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"

local pairs, setmetatable, type = pairs, setmetatable, type
local state, wait = runs.state, tasks.wait

---@class neap.inside.Pool
---@field private size integer
---@field private jobs table<neap.inside.Task, boolean>  that are not dead: whether each may run
---@field private running integer  how many may
---@field private queue neap.Waiters  jobs that wait for room, and have not begun
---@field private idlers neap.Waiters  tasks that wait until no job is left
---@field private scope neap.inside.Scope|false  that the jobs belong to
local Pool = {}
Pool.__index = Pool


--- Makes a pool, in a scope or in none.
---@param scope neap.inside.Scope|false  that its jobs belong to
---@param size integer
---@return neap.inside.Pool
function Pool.within(scope, size)
  local self = setmetatable({
    size = size, jobs = {}, running = 0, queue = nil, idlers = nil, scope = scope,
  }, Pool)
  self.queue, self.idlers = Waiters.new(self, "queue"), Waiters.new(self, "idle")
  return self
end


--- Makes a pool.
---@param size integer  how many jobs may run at a time, 1 or more
---@return neap.inside.Pool
function Pool.new(size)
  check.whole(size, 1, 1, "pool")
  return Pool.within(false, size)
end


--- Counts a job that may run from now on.
local function admit(self, task)
  self.running, self.jobs[task] = self.running + 1, true
end


--- Called when a job is dead: the next one may run.
---@private
function Pool:ended(job)
  if self.jobs[job] then self.running = self.running - 1 end
  self.jobs[job] = nil
  local following = self.running < self.size and self.queue:head()
  if following then
    self.queue:remove(following)
    admit(self, following)
    following:wake()
  elseif self:is_ready() then
    self.idlers:wake_all()
  end
end


--- Makes a new task a job: ready if there is room, else parked in the queue.
local function submit(self, task)
  self.jobs[task] = false
  task:observe(self)
  if self.running < self.size then
    admit(self, task)
    scheduler.admit(task)
  else
    state.postponed[task] = true
    self.queue:park(task)
    scheduler.count(task)
  end
  return self.scope and self.scope:own(task) or task
end


--- Starts a job as soon as there is room for it.
---@param fn function
---@param ... any  its arguments
---@return neap.inside.Task
-- Raises in a pool of a scope that is ending.
function Pool:submit(fn, ...)
  kinds.check(self, "pool", "submit", "fn, ...")
  check.callable(fn, 1, "submit")
  if self.scope then self.scope:check_open("submit") end
  return submit(self, tasks.new(fn, ...))
end


--- Cancels all jobs, those that run and those that wait for room.
function Pool:cancel()
  kinds.check(self, "pool", "cancel")
  local jobs = listing.in_order(self.jobs)
  for i = #jobs, 1, -1 do jobs[i]:cancel() end -- the last first, so that none begins meanwhile
end


--- The jobs of a `map`: the first that does not return ends the others.
---@class neap.Batch: neap.Group
---@field [integer] neap.inside.Task
---@field private first neap.inside.Task|false  the first that did not return
local Batch = {}
Batch.__index = Batch
group.declare(Batch)

function Batch:cancel()
  for i = 1, #self do self[i]:cancel() end
end

--- The caller waits, so the jobs may begin. As they were made, the collector may have called code
-- of the user's that has cancelled some.
function Batch:begin(fn)
  self.count = 0
  for i = 1, #self do
    local job = self[i]
    if job:done() then
      self.first = self.first or job
    else
      job.fn, self.count = fn, self.count + 1
    end
  end
  if self.first then self:cancel() end
end

function Batch:ended(job)
  self.count = self.count - 1
  if job.state ~= "returned" and not self.first then
    self.first = job
    self:cancel()
  end
  self:wake() -- so the first end of a tick says when the caller has its turn, as with `all`
end

--- Whom the caller needs: all jobs.
function Batch:needs()
  local jobs = {}
  for i = 1, #self do
    if not self[i]:done() then jobs[#jobs + 1] = self[i] end
  end
  return jobs
end

function Batch:describe()
  return "a map (" .. self.count .. (self.count == 1 and " job" or " jobs") .. " left)"
end


--- How many items a list has: as many as it says in `n`, if it does.
local function length_of(list)
  local n = list.n
  if n == nil then
    n = #list
    if n == 0 then check.empty(list, "map", 2) end
  elseif type(n) ~= "number" or not (n >= 0 and n % 1 == 0) then
    check.fail(1, "map", "whole number expected in the list's n, got " .. check.got(n), 2)
  end
  return n
end


--- Calls fn(item, index) for each item of a list, and waits for all.
---@param list table  `n`, if it is there, is the number of its items
---@param fn fun(item: any, index: integer): any
---@return table results  the first result of each, in the order of the list; their number in `n`
-- Raises the first error, once the others are cancelled; "cancelled" if somebody has cancelled one.
-- Raises in a pool of a scope that is ending.
function Pool:map(list, fn)
  kinds.check(self, "pool", "map", "list, fn")
  check.type(list, "table", 1, "map")
  check.callable(fn, 2, "map")
  local count, made = length_of(list), {}
  for i = 1, count do made[i] = tasks.new(fn, list[i], i) end -- first: its `__index` may wait
  if self.scope then self.scope:check_open("map") end
  if state.is_cancelling then tasks.checkpoint() end
  local jobs = setmetatable({
    count = count, first = false, caller = false, is_closing = false,
  }, Batch)
  for i = 1, count do
    local job = submit(self, made[i])
    job.fn, jobs[i] = false, job
    job:observe(jobs)
  end
  group.join(jobs, fn)
  if jobs.first then jobs.first:raise() end
  local results = { n = count }
  for i = 1, count do results[i] = jobs[i]:wait() end
  return results
end


--- Waits until no job is left.
function Pool:wait()
  kinds.check(self, "pool", "wait")
  if state.is_cancelling then tasks.checkpoint() end
  if not self:is_ready() then wait(self.idlers) end
end

--- Whether no job is left.
function Pool:is_ready() return self.running == 0 and not self.queue:head() end
function Pool:place_to_wait() return self.idlers end
function Pool.claim() end


--- Whom a waiter needs: a job in the queue, one of those that may run; an idler, all.
function Pool:needs(_, purpose)
  local jobs = {}
  for job, may_run in pairs(self.jobs) do
    if may_run or purpose == "idle" then jobs[job] = true end
  end
  return listing.in_order(jobs)
end

--- What the pool belongs to, in the tree of living tasks.
function Pool:above() return self.scope end


function Pool:describe(purpose)
  if purpose == "idle" then return "a pool's last job" end
  return "a place in a pool (" .. self.running .. " of " .. self.size .. " taken)"
end

function Pool:__tostring() return "pool (" .. self.running .. " of " .. self.size .. " running)" end

awaitable.declare(Pool, "pool")
kinds.suggest(Pool)

return Pool
