--- Who leaves the ready queue out of turn: a task that is cancelled while it is ready.
--
-- The queue is the scheduler's, two arrays: `batch` of the tick that is under way, and `ready` of
-- those who have become ready since. Their entries are numbered, in their `index`, only when one is
-- to leave; `numbered` is how many of `ready` are, -1 if not even those of the batch.

local runs = require "neap.kernel.runs"

local state = runs.state

local queue = {}


--- Numbers the entries that have come since the last time.
local function number()
  local ready, ready_count, numbered = state.ready, state.ready_count, state.numbered
  if numbered < 0 then
    local batch = state.batch
    for i = 1, state.batch_count do
      local entry = batch[i]
      if entry and not entry.place then entry.index = i end
    end
    numbered = 0
  end
  for i = numbered + 1, ready_count do
    if ready[i] then ready[i].index = i end
  end
  state.numbered = ready_count
end


local function take_out(task)
  number()
  local ready, ready_count, index = state.ready, state.ready_count, task.index or 0
  if index <= ready_count and ready[index] == task then
    ready[index] = false
    while ready_count > 0 and not ready[ready_count] do ready_count = ready_count - 1 end
    state.ready_count, state.numbered = ready_count, ready_count
  elseif state.batch[index] == task then
    state.batch[index] = false
  end
end


--- Takes a task out. Those who do not stand at a place are either in here or run, and tasks that
-- run are not taken out.
function queue.leave(task) return runs.change(take_out, task) end


--- The arrays, with all entries numbered.
---@return table batch
---@return integer batch_count
---@return table ready
---@return integer ready_count
function queue.arrays()
  runs.change(number)
  return state.batch, state.batch_count, state.ready, state.ready_count
end

return queue
