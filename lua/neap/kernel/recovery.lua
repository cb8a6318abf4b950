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


--- Makes those ready who stand nowhere, but for those whose wait, or end, was under way.
---@return table[]  the latter
local function wake_lost(tasks)
  local queued, halted = {}, {}
  local _, _, ready, count = queue.arrays()
  for i = 1, count do
    if ready[i] then queued[ready[i]] = true end
  end
  for i = 1, #tasks do
    local task = tasks[i] ---@type any
    local is_lost = not task.place and not queued[task]
    if task.is_concluding and task.state ~= "ending" or is_lost and is_halted(task) then
      task.is_concluding = true -- nobody else ends it
      halted[#halted + 1] = task
    elseif is_lost then
      task:wake()
    end
  end
  return halted
end


--- Puts every task in its place. There has to be memory, so this waits until the loop is entered
-- again; and it is done before all are cancelled, for a task may have caught such an error.
function recovery.recover()
  sweep(state.task_of)
  local tasks, err = listing.all(), state.broken_by
  state.gone = state.made - #tasks
  state.deferred:take_back()
  threads.exchange.count, threads.exchange.value = nil, nil
  local halted = wake_lost(tasks)
  for i = 1, #halted do
    local task = halted[i]
    task:leave()
    if err then task:failed(err, task.thread) else task:kill() end
  end
  state.broken_in, state.broken_by = false, false
end

return recovery
