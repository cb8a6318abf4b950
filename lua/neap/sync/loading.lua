--- A module is loaded once, however many ask for it while it loads.
--
-- Where a module's own code can wait within a `require` (Luau's, and the one of the Rust host where
-- Lua has no `package` library), others may ask for the module before it is there. They wait for
-- the one that loads it, and get what that one gets: the module, or the same error. A `require`
-- after that tries again, as Luau's own does: nothing is kept of what has failed.
--
-- Where the task that loads is cancelled, the module's code never goes on. Who waits has not been
-- cancelled, and has asked for a module, not for what another task does; so, when that task is dead
-- and its finalizers are done, the first of them loads the module anew.
--
-- Whoever loads does it in its own thread: the module may wait for anything that whoever requires
-- it could. A thread that waits for something that is not neap's cannot be watched; who asks
-- meanwhile loads the module, too.

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

--- What is being loaded, by what tells modules apart.
local under_way = {}

---@class neap.Load
---@field private key any
---@field private name string  what the module was asked for by
---@field private thread thread|false  who loads it: the thread that its task began in
---@field private is_host boolean  whether that is the host's
---@field private is_watched boolean  whether the end of its task is told here
---@field private outcome "loaded"|"failed"|"abandoned"|false
---@field private waiters neap.Waiters
---@field private value any  the module, or the error
---@field private origin string?  the traceback of where that was raised, down to the `require`
---@field private raiser neap.inside.Task?  the task in which it was
---@field private late any  which `timeout` has raised it (see `Task:timed_out`)
local Load = {}
Load.__index = Load


local function settle(self, outcome, value)
  under_way[self.key] = nil
  self.outcome, self.value = outcome, value
  self.waiters:wake_all()
end


--- The end of the task that loads, maybe long after it has.
function Load:ended()
  if not self.outcome then settle(self, "abandoned") end
end


--- Whether the end of the one that loads can be waited for: sees to it that it is told.
local function can_be_watched(self)
  local task = user.find(self.thread)
  if task and not self.is_watched then
    self.is_watched = true
    task:observe(self)
  end
  return self.is_watched or self.is_host
end


--- Whom those need who wait for the module: the task that loads it.
function Load:needs()
  local task = user.find(self.thread)
  return task and { task }
end


function Load:describe()
  local task = user.find(self.thread)
  return "module '" .. self.name .. "', which " .. (task and tostring(task) or "the host thread")
    .. " loads"
end


--- If this load waits, maybe through others, for a module that a thread is about to load: says so.
---@return string? text  an error
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


--- Raises the error of a load that has failed, for whoever loads or waits.
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
---@param key any  what tells the module apart
---@param name string  what it is asked for by
---@param load function  loads it
---@param ... any  the arguments of `load`
---@return any module
-- Raises what `load` does, in whichever task; and an error if the module requires itself.
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
