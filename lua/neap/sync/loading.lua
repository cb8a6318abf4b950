--- Loading a module once, however many tasks ask for it while it loads.
--
-- Where a module's own code can wait within a `require` (Luau's, and the one of the Rust host where
-- Lua has no `package` library), others may ask for the module before it is there. They wait for
-- the one that loads it, and get what that one gets: the module, or the same error. A `require`
-- after that tries again, as Luau's own does: nothing is kept of what has failed.
--
-- Where the task that loads is cancelled, the module's code never goes on. The tasks that wait are
-- not cancelled, and still need the module: when that task is dead, its finalizers done, the first
-- of them loads the module anew.
--
-- The module is loaded in the thread of the one that asked first: it may wait for anything that
-- this one could wait for. If that thread belongs to no task of neap's, nobody notices its end: a
-- task that asks meanwhile does not wait for it, and loads the module, too.

---@diagnostic disable: access-invisible
local Waiters = require "neap.kernel.waiters"
local ending = require "neap.task.ending"
local loop = require "neap.task.loop"
local protected = require "neap.pcall.protected"
local registry = require "neap.kernel.registry"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"
local user = require "neap.task.user"
local vm = require "neap.kernel.vm"

local error, getmetatable, setmetatable, tostring = error, getmetatable, setmetatable, tostring
local current_task, wait = scheduler.current_task, tasks.wait

--- The loads that are under way, by their keys.
local under_way = {}

---@class neap.Load
---@field private key any  what tells modules apart
---@field private name string  what the module was asked for by
---@field private thread thread|false  that loads it; of a task, the one that it began in
---@field private is_host boolean  whether that is the host's thread
---@field private is_watched boolean  whether `ended` is called at the end of its task
---@field private outcome "loaded"|"failed"|"abandoned"|false
---@field private waiters neap.Waiters
---@field private value any  the module, or the error
---@field private origin string?  the traceback of the error, down to the `require`
---@field private raiser neap.inside.Task?  the task that raised it
---@field private late any  which `timeout` has raised it (see `Task:timed_out`)
local Load = {}
Load.__index = Load


local function settle(self, outcome, value)
  under_way[self.key] = nil
  self.outcome, self.value = outcome, value
  self.waiters:wake_all()
end


--- The task that loads is dead; it may have loaded the module long before.
function Load:ended()
  if not self.outcome then settle(self, "abandoned") end
end


--- Whether anybody notices when the one that loads ends; if it is a task, has it call `ended`.
local function can_be_watched(self)
  local task = user.find(self.thread)
  if task and not self.is_watched then
    self.is_watched = true
    task:observe(self)
  end
  return self.is_watched or self.is_host
end


--- Whom a waiter needs: the task that loads the module.
function Load:needs()
  local task = user.find(self.thread)
  return task and { task }
end


function Load:describe()
  local task = user.find(self.thread)
  return "module '" .. self.name .. "', which " .. (task and tostring(task) or "the host thread")
    .. " loads"
end


--- The error of a thread that would wait for itself: this load waits, maybe through others, for a
-- module that the thread loads. Else nil.
---@return string? text
local function circle(self, thread)
  local text, through = "loop: module '" .. self.name .. "' requires itself", " through '"
  while self.thread ~= thread do
    local task = user.find(self.thread)
    local place = task and task.place
    self = place and place.owner
    if getmetatable(self) ~= Load then return nil end
    text, through = text .. through .. self.name .. "'", ", '"
  end
  return text
end


--- Raises the error of a load that has failed, in the task that loads or in one that waits.
local function raise(self)
  local task = current_task()
  if task then task.raised, task.raised_arm, task.late = self, nil, self.late end
  error(self.value, 0)
end


--- The load has come to its end.
local function finish(self, ok, value)
  if ok then
    settle(self, "loaded", value)
    return value
  end
  local task, whole, rest = current_task(), self.origin or "", vm.traceback(nil, 2)
  self.origin = whole:sub(-#rest) == rest and whole:sub(1, -#rest - 2) or whole
  self.raiser, self.late = task, task and task.late
  settle(self, "failed", value)
  return raise(self)
end


--- Loads a module, or waits for whoever does.
---@param key any  what tells modules apart
---@param name string  what the module is asked for by
---@param load function  loads it
---@param ... any  the arguments of `load`
---@return any module
-- Raises what `load` raises, whichever task runs it; and an error if the module requires itself.
return function(key, name, load, ...)
  local thread = registry.root_of(vm.running()) or false
  local other = under_way[key]
  while other do
    if other.thread and ending.is_over(other.thread) then
      settle(other, "abandoned")
    else
      local text = circle(other, thread)
      if text then error(text, 3) end
      if not can_be_watched(other) then return load(...) end
      wait(other.waiters)
      if other.outcome == "loaded" then return other.value end
      if other.outcome == "failed" then return raise(other) end
    end
    other = under_way[key]
  end
  local self = setmetatable({
    key = key, name = name, thread = thread, is_host = not user.find(thread) and loop.is_host(),
    is_watched = false, outcome = false, waiters = nil,
  }, Load)
  self.waiters = Waiters.new(self)
  under_way[key] = self
  return finish(self, protected.xpcall(load, function(err)
    local task, traceback = current_task(), vm.traceback(nil, 2)
    self.origin = task and ending.whole_traceback(task, err, traceback) or traceback
    return err
  end, ...))
end
