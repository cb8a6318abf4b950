--- A scope: tasks that belong to somebody.
--
-- `scope(body)` runs body as a child task of the caller and returns when it and every task that it
-- spawned in the scope are dead. The first failure cancels the others and is raised; later ones go
-- to `on_error`. However the caller ends, nothing of the scope outlives it.

---@diagnostic disable: access-invisible, call-non-callable, need-check-nil
local Pool = require "neap.structured.pool"
local check = require "neap.check"
local failures = require "neap.task.failures"
local group = require "neap.structured.group"
local kinds = require "neap.kinds"
local listing = require "neap.kernel.listing"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"

local error, setmetatable = error, setmetatable
local state = runs.state

---@class neap.inside.Scope: neap.Group
---@field private children table<neap.inside.Task, boolean>  those that are not dead
---@field private main neap.inside.Task|false  that of them which runs the body
---@field private failed neap.inside.Task|false  the first that failed
---@field private is_ending boolean  no child may be added any more
local Scope = {}
Scope.__index = Scope
group.declare(Scope)


--- Cancels every child.
function Scope:cancel()
  kinds.check(self, "scope", "cancel")
  self.is_ending = true
  local children = listing.in_order(self.children)
  for i = 1, #children do children[i]:cancel() end
end


--- Whether a child only failed because a task that it waited for was cancelled together with the
-- owner, a moment before the owner's finalizer came to cancel the child itself.
local function is_cancelled_too(self, child)
  local owner = self:above()
  return child.value == "cancelled" and owner
    and (owner.state == "ending" or owner.cancel_requested or owner:done())
end


--- Called when a child is dead.
---@param child neap.inside.Task
---@private
function Scope:ended(child)
  self.children[child] = nil
  self.count = self.count - 1
  if child.state == "failed" then
    if is_cancelled_too(self, child) then
      failures.seen(child)
    elseif self.failed then
      failures.report_now(child)
    else
      self.failed = child
      self:cancel()
    end
  end
  if self.count == 0 then self:wake() end
end


--- Makes a task a child.
---@param child neap.inside.Task
---@return neap.inside.Task child
function Scope:own(child)
  self.children[child] = true
  child:observe(self)
  self.count = self.count + 1 -- last: there may be no memory for the others
  return child
end


--- Raises, at the line that called the public function, if no child may be added any more.
---@private
function Scope:check_open(name)
  if self.is_ending then error("attempt to " .. name .. " in a scope that is ending", 3) end
end


--- Makes a pool whose jobs belong to the scope: a failing one ends it, and they end with it.
---@param size integer  how many jobs may run at a time, 1 or more
---@return neap.inside.Pool
function Scope:pool(size)
  kinds.check(self, "scope", "pool", "size")
  check.whole(size, 1, 1, "pool")
  return Pool.within(self, size)
end


--- Starts a task in the scope.
---@param fn function
---@param ... any  its arguments
---@return neap.inside.Task
-- Raises if the scope is ending.
function Scope:spawn(fn, ...)
  kinds.check(self, "scope", "spawn", "fn, ...")
  check.callable(fn, 1, "spawn")
  self:check_open("spawn")
  return self:own(tasks.spawn(fn, ...))
end


--- The caller waits, so the body may begin.
---@private
function Scope:begin(body) self.main.fn = body end

--- Whom a waiter needs: all children.
function Scope:needs() return listing.in_order(self.children) end

function Scope:describe()
  return "a scope (" .. self.count .. (self.count == 1 and " task" or " tasks") .. " left)"
end

function Scope:__tostring()
  return "scope (" .. self.count .. (self.count == 1 and " task)" or " tasks)")
end


kinds.declare(Scope, "scope")


--- Runs a function in a scope of its own, until it and all tasks that it starts there are dead.
---@param body fun(scope: neap.inside.Scope, ...): any
---@param ... any  further arguments
---@return any ...  the body's results
-- Raises the first failure of the body or of a task of the scope.
return function(body, ...)
  check.callable(body, 1, "scope")
  if state.is_cancelling then tasks.checkpoint() end
  local self = setmetatable({
    children = {}, count = 0, main = false, failed = false, is_ending = false,
    caller = false, is_closing = false,
  }, Scope)
  local main = tasks.new(body, self, ...)
  self.main = self:own(main)
  scheduler.admit(main)
  main.fn = false
  group.join(self, body)
  self.is_ending = true
  if self.failed then self.failed:raise() end
  return main:wait()
end
