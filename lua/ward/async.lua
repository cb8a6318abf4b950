--- The `ward.async` face: tasks that end with their handles, and bounded channels.
--
-- A handle that is collected without `detach()` cancels its task, unless somebody waits for the
-- task. The handles are in a weak table, which is searched after each collection: not every Lua
-- calls a finalizer (`__gc`) for a table.

---@diagnostic disable: access-invisible, param-type-mismatch, return-type-mismatch
local Channel = require "neap.sync.channel"
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local hooks = require "neap.kernel.hooks"
local kinds = require "neap.kinds"
local neap = require "neap"
local runs = require "neap.kernel.runs"

local error, setmetatable, tostring, type = error, setmetatable, tostring, type
local select, spawn, state = neap.select, neap.spawn, runs.state

local DEFAULT_CAPACITY = 64

---@class ward.inside.Task
---@field private task neap.inside.Task
---@field private joined boolean  whether somebody has waited for it
local Handle = {}
Handle.__index = Handle

--- The tasks whose handles are watched, in the order of their spawning, and the handles.
runs.declare { watched = {}, handles = setmetatable({}, { __mode = "v" }), watched_count = 0 }


local sweep


--- Watches the handle of a task.
local function watch(task, handle)
  local count = state.watched_count + 1
  if count == 1 then hooks.watch(sweep) end
  state.watched[count], state.handles[count], state.watched_count = task, handle, count
end


--- Cancels the tasks whose handles have been collected. The others are put into new tables, for a
-- table does not shrink.
function sweep()
  local watched, handles, count = state.watched, state.handles, state.watched_count
  state.watched, state.handles, state.watched_count = {}, setmetatable({}, { __mode = "v" }), 0
  for i = 1, count do
    local task, handle = watched[i], handles[i]
    if not (task:done() or task.detached) then
      if handle or task:is_awaited() then watch(task, handle) else task:cancel() end
    end
  end
  if state.watched_count == 0 then hooks.unwatch(sweep) end
end


--- Makes a handle for a task.
---@param task neap.inside.Task
---@return ward.inside.Task
local function handle_of(task) return setmetatable({ task = task, joined = false }, Handle) end


--- The task, for the one wait that a handle allows.
local function join(self)
  if self.joined then error("task already joined", 0) end
  self.joined = true
  return self.task
end


--- Waits for the task to finish and returns its results; once only.
---@return any ...
-- Raises "task already joined" the second time, "cancelled" if the task was cancelled, or its
-- error.
function Handle:wait()
  kinds.check(self, "task", "wait")
  return join(self):wait()
end


--- Cancels the task.
---@return boolean  false if it has finished or was cancelled before
function Handle:cancel()
  kinds.check(self, "task", "cancel")
  return self.task:cancel()
end


--- Whether the task has finished.
---@return boolean
function Handle:done()
  kinds.check(self, "task", "done")
  return self.task:done()
end


--- Lets the task go on without its handle.
---@return boolean  true
function Handle:detach()
  kinds.check(self, "task", "detach")
  return self.task:detach()
end


function Handle:is_ready() return self.joined or self.task:done() end
function Handle:place_to_wait() return self.task:place_to_wait() end
function Handle:claim() return self:wait() end

function Handle:__tostring() return tostring(self.task) end

awaitable.declare(Handle, "task")
kinds.suggest(Handle)


local ward = {}


--- Starts a task.
---@param fn function
---@param ... any  its arguments
---@return ward.inside.Task  keep it: a handle that is collected cancels its task, unless detached
function ward.spawn(fn, ...)
  check.callable(fn, 1, "spawn")
  local handle = handle_of(spawn(fn, ...))
  watch(handle.task, handle)
  return handle
end


--- Makes a bounded channel.
---@param options? integer|{ capacity: integer? }  64 by default
---@return neap.inside.Channel
function ward.channel(options)
  local capacity = options
  if type(options) == "table" then
    capacity = options.capacity
  end
  if capacity == nil then capacity = DEFAULT_CAPACITY end
  if type(capacity) ~= "number" or capacity < 1 or capacity % 1 ~= 0 then
    local got = check.got(capacity)
    check.fail(1, "channel", "positive whole number expected as the capacity, got " .. got)
  end
  return Channel.new(capacity)
end


--- Waits for an awaitable.
---@param awaited any
---@return any ...
function ward.await(awaited)
  local wait = awaitable.check(awaited, 1, "await")
  return wait(awaited)
end


--- Waits for the first of several awaitables.
---@param list table[]
---@return integer index
---@return any ...  what its `wait` returns
function ward.select(list)
  awaitable.check_list(list, "select", false)
  return select(list)
end

return ward --[[@as ward.async]]
