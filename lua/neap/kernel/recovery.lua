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
local threads = require "neap.kernel.threads"

local pairs, state = pairs, runs.state

local recovery = {}

runs.declare_near { -- to be changed where there is no memory
  broken_in = false, -- which thread ran last when an error ended the loop; true if none did
  broken_by = false, -- the error
}


--- Takes note of an error that has ended the loop.
function recovery.note(err)
  if state.broken_in then return end
  state.broken_in, state.broken_by = scheduler.current_thread() or true, err
end


--- Takes out what threads of dead tasks' there are still.
local function sweep(task_of)
  for thread, task in pairs(task_of) do
    if task:done() then task_of[thread] = nil end
  end
end


--- Whether the wait, or the end, of a task that stands nowhere was under way.
local function is_halted(task)
  local thread = task.thread or task.target
  if task.state == "ending" then return thread or not task.fn end
  return thread and thread == state.broken_in or not thread and task.state == "started"
end


--- Whether a task stands nowhere, and does not run.
local function is_lost(task)
  if task.place or task:done() then return false end
  local _, _, ready, count = queue.arrays()
  local index = task.index or 0
  return index > count or ready[index] ~= task
end


--- Makes those ready who stand nowhere, but for those whose wait, or end, was under way.
---@return table[]  the latter
local function wake_lost(tasks)
  local halted = {}
  for i = 1, #tasks do
    local task = tasks[i] ---@type any
    local is_ending = task.state == "ending"
    if task.is_concluding and not is_ending and not task:done()
        or is_halted(task) and is_lost(task) then
      task.is_concluding = true -- nobody else ends it
      halted[#halted + 1] = task
    elseif is_lost(task) then
      task:wake()
    end
  end
  return halted
end


--- All tasks that live, which are counted anew. (Meanwhile the collector may call code of the
-- user's.)
local function count()
  local tasks, made, gone
  repeat
    made, gone, tasks = state.made, state.gone, listing.all()
  until state.made == made and state.gone == gone
  state.gone = made - #tasks
  return tasks
end


--- Puts every task in its place. There has to be memory, so this waits until the loop is entered
-- again; and it is done before all are cancelled, for a task may have caught such an error. No task
-- runs meanwhile.
function recovery.recover()
  sweep(state.task_of)
  state.deferred:take_back()
  threads.exchange.count, threads.exchange.value = nil, nil
  local err, halted = state.broken_by, wake_lost(count())
  for i = 1, #halted do
    local task = halted[i]
    task:leave()
    if err then task:failed(err, task.thread) else task:kill() end
  end
  state.broken_in, state.broken_by = false, false
end

return recovery
