--- Lists tasks: those that are ready, and all that live.

local queue = require "neap.kernel.queue"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local vm = require "neap.kernel.vm"

local pairs, sort, state, status = pairs, table.sort, runs.state, vm.coroutine.status

local listing = {}


--- Whether a task of the batch still has its turn before it: the others have run in this tick, and
-- stand elsewhere, further back, or nowhere.
local function is_left(task, index, ready, ready_count)
  local thread = task.thread
  return task.index == index and not task.place and not task:done()
    and not (thread and status(thread) ~= "suspended")
    and not (index <= ready_count and ready[index] == task)
end


--- The tasks in the ready queue, in order.
function listing.ready()
  local batch, batch_count, ready, ready_count = queue.arrays()
  local tasks = {}
  for i = 1, batch_count do
    local task = batch[i]
    if task and is_left(task, i, ready, ready_count) then tasks[#tasks + 1] = task end
  end
  for i = 1, ready_count do
    local task = ready[i] -- dead, if it was cancelled as it was woken
    if task and not task:done() then tasks[#tasks + 1] = task end
  end
  return tasks
end


--- The tasks that are the keys of a table, in the order of their creation.
function listing.in_order(set)
  local tasks = {}
  for task in pairs(set) do tasks[#tasks + 1] = task end
  sort(tasks, function(a, b) return a.id < b.id end)
  return tasks
end


--- All tasks that have not ended, in the order of their creation.
function listing.all()
  local living = {}
  scheduler.make_all()
  for _, task in pairs(state.task_of) do living[task] = true end
  for task in pairs(state.postponed) do
    if task.state == "pending" then living[task] = true end
  end
  for _, task in pairs(listing.ready()) do living[task] = true end
  return listing.in_order(living)
end

return listing
