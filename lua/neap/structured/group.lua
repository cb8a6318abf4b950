--- A group: tasks that do not outlive the task that waits for all of them. A scope is one, and so
-- are the jobs of a pool's `map`.
--
-- The caller waits at the group itself, as soon as it has made the first of them; they get their
-- functions then, so that none runs if the VM refuses the wait. Who waits there owns the group. (A
-- coroutine of the user's is a task of its own only from its first wait on.) If it is cancelled, it
-- closes the group in a finalizer: cancels all, and waits until they are dead. Most are not, and
-- need none.

---@diagnostic disable: access-invisible
local tasks = require "neap.task.task"

local wait = tasks.wait
local close ---@type fun(self: neap.Group)

---@class neap.Group
---@field count integer  how many of the tasks are not dead
---@field caller neap.inside.Task|table|false  who waits, or has: a task, or the host thread
---@field is_closing boolean  whether a finalizer of the caller's sees to it
---@field cancel fun(self)  cancels all
---@field begin fun(self, fn: function)  gives those their function that have been made without
local Group = {}

local group = {}


--- Parks the caller.
---@param fn? function  the first time: what the tasks are to run
function Group:park(caller, fn)
  caller.place, self.caller = self, caller
  if fn then self:begin(fn) end
  if self.count == 0 then self:wake() end
end


--- Wakes the caller, if it waits, to look whether all are dead.
function Group:wake()
  local caller = self.caller
  if not caller or caller.place ~= self then return end
  caller.place = false
  caller:wake(self)
end


--- Waits in the task that has made a group until all are dead.
---@param self neap.Group
---@param fn? function  what they are to run, if they have been made without
function group.join(self, fn)
  while self.count > 0 do
    local caller = wait(self, fn)
    caller.giver, fn = false, nil
    -- Its user may have resumed it by hand, in the midst of the wait.
    if caller.finalizers then caller:remove_finalizer(close, self) end
  end
end


--- What a caller does as a finalizer.
function close(self)
  self.is_closing = true
  self:cancel()
  return group.join(self)
end


--- The caller is cancelled: after it was woken, another task may have come to the group.
function Group:pass_on(caller)
  if self.is_closing then return end
  -- The host thread, which has no `id`, has no finalizers either: an error has ended its wait.
  if caller.id then caller:add_finalizer(close, nil, self) else self:cancel() end
end

function Group:remove(caller)
  caller.place = false
  return self:pass_on(caller)
end


--- What stands above something that has a caller, in the tree of those who live: that, unless it is
-- the host thread.
function group.above(self) return self.caller and self.caller.id and self.caller or nil end
Group.above = group.above


--- Has a class be one of groups.
---@param class table
function group.declare(class)
  for name, member in pairs(Group) do class[name] = member end
end

return group
