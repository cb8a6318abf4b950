--- Threads that are their user's.
--
-- A plain `coroutine.yield` in a thread of the `task` face, or in a coroutine that the user made,
-- parks it until its user resumes it. The user may as well drop it: so while it is parked nothing
-- here holds it, and its task does not count as alive; the task keeps the thread in a weak box. A
-- task that cannot be let go like that, because somebody waits for it or it has finalizers, is
-- held, and looked after: if the user resumes it to its end, nobody else notices.

local census = require "neap.kernel.census"
local registry = require "neap.kernel.registry"
local scheduler = require "neap.kernel.scheduler"

local next, pairs, setmetatable, sort = next, pairs, setmetatable, table.sort
local status = coroutine.status

local owned = {}

local weak = { __mode = "v" }

--- The tasks that were let go, by the threads that they began in.
local loose = setmetatable({}, { __mode = "k" })

--- Threads that will never be resumed again, whatever the VM calls their status.
local killed = setmetatable({}, { __mode = "k" })

--- The tasks that are parked for their user and cannot be let go.
local held = {}

local task_of, callers, callees
registry.on_shrink(function()
  task_of, callers, callees = registry.task_of, registry.callers, registry.callees
  loose, killed = registry.copy(loose), registry.copy(killed)
end)


--- The place of a task that its user is to resume.
local resumed_by_user = {}

function resumed_by_user.remove(_, task)
  task.slot = false
end

function resumed_by_user.describe()
  return "a resume (it called coroutine.yield)"
end


--- Whether a started task is its user's to resume.
---@param task neap.Task
---@return boolean
function owned.is_parked(task)
  return task.box ~= nil or task.parked == resumed_by_user
end


local function notice_ends()
  local ended = {}
  for task in pairs(held) do
    if not owned.is_parked(task) then
      held[task] = nil
    elseif status(task.thread) == "dead" then
      ended[#ended + 1] = task
    end
  end
  sort(ended, function(a, b) return a.id < b.id end)
  for i = 1, #ended do
    held[ended[i]], ended[i].parked, ended[i].slot = nil, false, false
    ended[i]:returned(0)
  end
  if not next(held) then scheduler.remove_hook(notice_ends) end
end


local function hold(task)
  held[task] = true
  scheduler.add_hook(notice_ends)
end


local function let_go(task)
  -- From the innermost thread, which waits for no pcall, to the one that the task began in.
  local thread, root = task.thread, nil
  while thread do
    task_of[thread], callees[thread] = nil, root
    thread, root = callers[thread], thread
  end
  task.box = setmetatable({ root }, weak)
  loose[root], task.thread = task, false
  census.thread_let_go()
  registry.gone = registry.gone + 1
end


--- Parks a task that has yielded by itself.
---@param task neap.Task
function owned.park(task)
  task.parked, task.slot = resumed_by_user, true
  if task.finalizers or task:is_awaited() or not task.is_loud then
    hold(task)
  else
    let_go(task)
  end
end


--- Undoes that a task was let go, if it was.
---@param task neap.Task
---@return boolean  false if its thread has been collected: it never goes on
function owned.take_back(task)
  if not task.box then return true end
  local root = task.box[1]
  if not root then return false end
  loose[root], task.box = nil, nil
  local thread = root
  while thread do
    local callee = callees[thread]
    task_of[thread], task.thread, callees[thread] = task, thread, nil
    thread = callee
  end
  registry.gone = registry.gone - 1
  return true
end


--- Takes a task back, if it was let go, because somebody is going to wait for it.
---@param task neap.Task
function owned.keep(task)
  if task.box and owned.take_back(task) then hold(task) end
end


--- The task that a thread was let go with.
---@param thread thread
---@return neap.Task?
function owned.find(thread)
  return loose[thread]
end


--- Marks a thread as one that is never resumed again.
---@param thread thread
function owned.kill(thread)
  killed[thread] = true
  census.thread_let_go()
end


--- Whether a thread has ended or was cancelled.
---@param thread thread
---@return boolean
function owned.is_over(thread)
  return killed[thread] or status(thread) == "dead"
end

return owned
