--- Tasks whose thread is the user's: those of the `task` face, a script, and the coroutines that a
-- user makes and waits in.
--
-- A plain `coroutine.yield` in such a thread parks it for its user (neap.owned), nothing else ever
-- runs in it, and who fails is reported at once, for nobody holds the task.

local Task = require "neap.task.task"
local awaitable = require "neap.kernel.awaitable"
local owned = require "neap.task.owned"
local registry = require "neap.kernel.registry"
local scheduler = require "neap.kernel.scheduler"

local pairs, setmetatable = pairs, setmetatable

---@class neap.UserTask: neap.Task
---@field private body function?  what it runs; its thread may be made when it begins
local UserTask = {}
for name, member in pairs(Task) do UserTask[name] = member end
UserTask.__index = UserTask
UserTask.yield_error, UserTask.is_loud, UserTask.fn = false, true, false


--- Makes a pending task that is in no queue yet.
---@param body function?
---@param thread thread|false
---@param count integer  of the arguments, as `threads.keep` gives them
---@param value any
---@return neap.UserTask
function UserTask.new(body, thread, count, value)
  local id = registry.created + 1
  registry.created = id
  -- A table has room for eight fields before it doubles: the slot comes later, if at all.
  local task = {
    id = id, state = "pending", body = body, thread = thread, count = count, parked = false,
  }
  if count > 0 then task.value = value end
  return setmetatable(task, UserTask)
end


--- The task of a thread, if it has one.
---@param thread thread
---@return neap.Task?
function UserTask.find(thread)
  return registry.task_of[thread] or owned.find(thread) or scheduler.find_deferred(thread)
end


--- The task of a thread, which is made if there is none.
---@param thread thread
---@return neap.Task
function UserTask.of_thread(thread)
  local task = UserTask.find(thread)
  if task then
    owned.take_back(task)
  else
    task = UserTask.new(nil, thread, 0)
  end
  registry.task_of[thread] = task
  return task
end

return awaitable.declare(UserTask)
