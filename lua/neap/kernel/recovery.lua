--- What is done when an error has ended a tick before its time: Lua was out of memory, or who
-- arranges or watches the tasks has failed.
--
-- The tasks that had not had their turn get it in the next tick. The one whose wait, or whose end,
-- was under way stands nowhere: it fails with that error. How many live is counted anew, for one
-- may have been lost between its last step and its end.

local listing = require "neap.kernel.listing"
local queue = require "neap.kernel.queue"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"

local state = runs.state

local recovery = {}

runs.declare {
  broken_in = false, -- which thread ran last when an error ended the loop; true if none did
  broken_by = false, -- the error
}


--- Takes note of an error that has ended the loop.
function recovery.note(err)
  state.broken_in, state.broken_by = scheduler.current_thread() or true, err
end


--- Puts every task in its place. This waits until the loop is entered again: there may be memory.
function recovery.recover()
  local thread, err = state.broken_in, state.broken_by
  local queued, tasks = {}, listing.all()
  local _, _, ready, count = queue.arrays()
  state.deferred:take_back()
  for i = 1, count do
    if ready[i] then queued[ready[i]] = true end
  end
  state.broken_in, state.broken_by = false, false
  state.gone = state.made - #tasks
  for i = 1, #tasks do
    local task = tasks[i] ---@type any
    if not task.place and not queued[task] then
      if task.thread and task.thread == thread then
        task:failed(err, thread)
      elseif not (task.thread or task.fn or task.begin) then
        scheduler.finish(task, "failed", nil, err)
      else
        task:wake()
      end
    end
  end
end


--- A function that puts every task in its place, and then calls fn.
---@param fn function
---@return function
function recovery.before(fn)
  return function(...)
    recovery.recover()
    return fn(...)
  end
end

return recovery
