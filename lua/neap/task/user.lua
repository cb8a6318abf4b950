--- Tasks whose thread is their user's: those of the `task` face, a script, and the coroutines that
-- a user makes and waits in.
--
-- Nothing else ever runs in such a thread, and who fails is reported at once, for nobody holds the
-- task. A plain `coroutine.yield` in it parks it for its user, who resumes it, by hand or by
-- `task.spawn`. The user may as well drop it: so while it is parked nothing here holds it, and its
-- task does not count as alive; the task keeps the thread, and its function, in a weak box. A task
-- that cannot be let go like that, because somebody waits for it or it has finalizers, is held, and
-- looked after: if the user resumes it to its end, nobody else notices.
--
-- `target` is the thread in which the scheduler is to begin such a task, or to go on with it; while
-- it does not, `thread` is false.

---@diagnostic disable: access-invisible, call-non-callable, need-check-nil, redundant-return-value
local Waiters = require "neap.kernel.waiters"
local hooks = require "neap.kernel.hooks"
local kinds = require "neap.kinds"
local life = require "neap.task.life"
local listing = require "neap.kernel.listing"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local threads = require "neap.kernel.threads"
local vm = require "neap.kernel.vm"

local next, pairs, setmetatable = next, pairs, setmetatable
local status = vm.coroutine.status
local finish, state = scheduler.finish, runs.state

--- The tasks that were let go, by the threads that they began in.
local loose = registry.map("k")

--- The tasks that are parked for their user and cannot be let go.
runs.declare { held = {} }

--- Where several runs share this Lua, the tasks of all of them, by their threads.
local everywhere = registry.map("kv")

local weak = { __mode = "v" }

local user = {}

--- The methods of such a task, beside those that it has like any other.
---@class (partial) neap.inside.UserTask
local methods = {}
user.methods = methods

--- The threads of one that a wait within pcalls has made (on Lua 5.1), innermost first; else false.
---@type thread[]|false
methods.chain = false

--- The place of a task that its user is to resume.
local users = {}

function users.remove(_, task)
  task.place, state.held[task] = false, nil
end

function users.describe() return "a resume (it called coroutine.yield)" end

--- Whether a task is its user's to resume.
function user.is_parked(task) return task.place == users end


--- Takes a task's threads out of the registry: the one that it began in, and on Lua 5.1 those of
-- the pcalls that it stands in: where the VM has refused its wait, they may serve others by now.
---@return thread root
function user.unregister(task)
  local task_of, callers, chain = state.task_of, registry.callers.map, task.chain
  local thread = task.thread or task.target
  local root = thread
  for i = 1, chain and #chain or 0 do
    root = chain[i]
    if task_of[root] == task then task_of[root] = nil end
  end
  while thread and not chain do
    task_of[thread], root, thread = nil, thread, callers[thread]
  end
  task.chain = false
  return root
end


local function notice_ends()
  local over = {}
  for task in pairs(state.held) do
    if status(task.target) == "dead" or task.cancel_requested then over[task] = true end
  end
  local ended = listing.in_order(over)
  for i = 1, #ended do
    local task = ended[i]
    users:remove(task)
    if status(task.target) == "dead" then
      user.unregister(task)
      finish(task, "returned")
    else
      task:kill()
    end
  end
  if not next(state.held) then hooks.remove(notice_ends) end
end


local function hold(task)
  state.held[task] = true
  hooks.add(notice_ends)
end


--- Parks a task for its user, who knows of the thread that it began in alone.
local function park(task)
  scheduler.tell("waits", task, users)
  local root = user.unregister(task)
  task.place, task.thread = users, false
  if task.finalizers or task:is_awaited() or not task.detached then
    task.target, state.task_of[root] = root, task
    hold(task)
  else
    -- What it runs may lead to its thread, and so, where tables have no ephemerons, hold that.
    task.target, task.box, task.body = false, setmetatable({ root, task.body }, weak), nil
    registry.let_go(loose, root, task)
    state.gone = state.gone + 1
  end
end


--- Undoes that a task was let go, if it was.
---@return boolean  false if its thread has been collected: it never goes on
function user.take_back(task)
  if not task.box then return true end
  local root = task.box[1]
  if not root then return false end
  loose.map[root], task.body, task.box = nil, task.box[2], nil
  task.target, state.task_of[root] = root, task
  -- Let go, it belonged to no run: it goes on in this one.
  if state.home then task.home = state.home end
  state.gone = state.gone - 1
  return true
end


--- The task of a thread, if it has one.
function user.find(thread)
  return scheduler.find(thread) or loose.map[thread] or everywhere.map[thread]
end

--- Has a thread lead to its task, and on Lua 5.1 those of the pcalls that it stands in.
function user.register(task, thread)
  local task_of, callers = state.task_of, registry.callers.map
  task.chain = callers[thread] and {} or false
  while thread do
    task_of[thread] = task
    if state.home then everywhere.map[thread] = task end
    if task.chain then task.chain[#task.chain + 1] = thread end
    thread = callers[thread]
  end
end


--- Counts a new task of a thread.
function user.admit(task, thread)
  user.register(task, thread)
  scheduler.count(task)
end

--- Begins the task, or goes on with it: called by the scheduler.
---@param ... any  its arguments; without any, those that it holds
function methods:begin(...)
  if self.is_concluding then return end -- a finalizer that the collector called has cancelled it
  local thread, is_new = self.target or vm.create(self.body), self.state == "pending"
  local is_left = self.chain and state.task_of[thread] ~= self
  if is_left or status(thread) ~= "suspended"
      or not is_new and not vm.is_suspended_here(thread) then
    -- Its user has resumed it meanwhile; or the VM had refused its wait, and it went on by itself
    -- (Lua 5.1 and 5.2 cannot be asked before).
    Waiters.withdraw(self)
    self.state = "started"
    if status(self.chain and self.chain[#self.chain] or thread) ~= "dead" then return park(self) end
    user.unregister(self)
    return finish(self, "returned")
  end
  if self.is_concluding then return end -- so may one that was called just now
  state.task_of[thread], self.target, self.chain, self.state = self, false, false, "started"
  local value = is_new and self.value
  if value == nil or not is_new then return scheduler.run(self, thread, ...) end
  local count = self.count
  self.value = nil
  if count then self.count = nil end
  return scheduler.run(self, thread, threads.unpack(count, value))
end


--- Has the task, which stands nowhere, begin or go on with these arguments when it runs next.
---@param ... any
function methods:hold(...)
  self.state, self.target, self.thread = "pending", self.thread or self.target, false
  local count, value = threads.pack(...)
  if value ~= nil or self.value ~= nil then self.count, self.value = count, value end
end


--- Takes the task from where it stands, to begin or to go on with these arguments.
---@param ... any
function methods:restart(...)
  user.take_back(self)
  self:leave()
  self:hold(...)
end


--- Cancels the task, as any.
---@return boolean cancelled
function methods:cancel()
  kinds.check(self, "task", "cancel")
  if not (user.take_back(self) and life.cancel(self)) then return false end
  -- Resumed by hand, it runs: nobody but us notices when it ends, or yields.
  if self.place == users then hold(self) end
  return true
end

--- Its thread has yielded by itself: its user is to resume it.
function methods:yielded()
  if self.state == "ending" or self.cancel_requested then return life.yielded(self) end
  return park(self)
end

--- Its thread has raised an error, or been closed by its user.
function methods:failed(err, thread)
  if vm.was_closed(thread, err) then return self:kill() end
  return life.failed(self, err, thread)
end

--- Where somebody who waits for it parks: it is taken back, if it was let go.
function methods:place_to_wait()
  if self.box and user.take_back(self) then hold(self) end
  return life.place_to_wait(self)
end

return user
