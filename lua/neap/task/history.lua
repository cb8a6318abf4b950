--- What is remembered of each task when somebody asks for it: who spawned it and where, and since
-- when it waits. It costs a look at the stack at each spawn, so it is off unless `neap.debug(true)`
-- has been called.

local check = require "neap.check"
local clock = require "neap.kernel.clock"
local positions = require "neap.kernel.positions"
local watchers = require "neap.kernel.watchers"

local setmetatable, tostring = setmetatable, tostring

local history = {}

---@class neap.inside.Record
---@field parent neap.inside.Task?  who spawned the task
---@field spawner string?  its name, where it had ended before the task did
---@field where string?  the line that did
---@field since number?

--- What is known of each task.
---@type table<neap.inside.Task, neap.inside.Record>
local records = setmetatable({}, { __mode = "k" })

local is_on = false


local function note_time(task)
  local record = records[task]
  if record then record.since = clock.now() end
end

local watcher = { waits = note_time, woken = note_time }

function watcher.made(task, parent)
  records[task] = { parent = parent, where = positions.of(), since = clock.now() }
end

--- A task would lead to all those before it that have ended: of these it holds the last.
function watcher.ended(task)
  local record = records[task]
  local parent = record and record.parent
  if parent and parent:done() then record.parent, record.spawner = nil, tostring(parent) end
end


--- Begins to remember who spawns whom, and where, and who waits since when; or stops, and forgets.
-- Tasks cost up to three times as much meanwhile. What was spawned before is not known.
---@param on boolean
---@return boolean was_on
function history.debug(on)
  check.type(on, "boolean", 1, "debug")
  local was_on = is_on
  if on == was_on then return was_on end
  is_on = on
  if on then
    watchers.add(watcher)
  else
    watchers.remove(watcher)
    records = setmetatable({}, { __mode = "k" })
  end
  return was_on
end


--- Who spawned a task; nil if it was no task, is not known, or had ended before the task did.
---@return neap.inside.Task?
function history.parent(task)
  local record = records[task]
  return record and record.parent
end


--- The name of who spawned a task; nil if it was no task, or is not known.
---@return string?
function history.spawner(task)
  local record = records[task]
  return record and (record.parent and tostring(record.parent) or record.spawner)
end


--- Where a task was spawned, as "file:line"; nil if that is not known.
---@return string?
function history.spawned_at(task)
  local record = records[task]
  return record and record.where
end


--- Since when a task waits, or is ready, on the host's clock; nil if that is not known.
---@return number?
function history.since(task)
  local record = records[task]
  return record and record.since
end

return history
