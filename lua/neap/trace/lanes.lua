--- The lanes of a trace: one for each task, and one for the host of each run.
--
-- `pid` is the number of the run (1, but for hosts where several runs are under way), `tid` the
-- task's own number; lane 0 is the host's, with the ticks, its sleeps, and the waits of the host
-- thread itself.
--
-- A lane's record holds what is not written yet. It does not hold its task, which could not be
-- collected then; and it is dropped when the task has ended, so that a long recording takes no more
-- memory than a short one.

---@diagnostic disable: assign-type-mismatch
local positions = require "neap.kernel.positions"
local runs = require "neap.kernel.runs"
local writer = require "neap.trace.writer"

local pairs, setmetatable, sort = pairs, setmetatable, table.sort
local quote = writer.quote

local weak = { __mode = "k" }

---@class neap.Lane
---@field pid integer
---@field tid integer
---@field key string  both, as they stand in an event behind `"pid":`
---@field label string|false  the task's name
---@field definition string|false  where its function begins, in quotes
---@field last_text string|false  when its last run ended
---@field is_pending boolean  whether there is anything below to write when it goes on
---@field wait number|false  since when it waits
---@field wait_text string|false
---@field wait_name string|false  for what
---@field wait_where string|false
---@field wait_on string|false  who or what that is
---@field waker neap.Lane|false  who has made it ready
---@field waker_text string|false  when
---@field arrow string|false  how: "spawn" or "wake", in quotes
---@field start number?  since when the host sleeps
---@field start_text string?


local function new_lane(pid, tid)
  return {
    pid = pid, tid = tid, key = pid .. ',"tid":' .. tid, label = false, definition = false,
    last_text = false, is_pending = false,
    wait = false, wait_text = false, wait_name = false, wait_where = false, wait_on = false,
    waker = false, waker_text = false, arrow = false,
  }
end


local function by_number(a, b)
  if a.pid ~= b.pid then return a.pid < b.pid end
  return a.tid < b.tid
end


--- Makes what knows the lanes of a recording.
---@param add fun(...: string|integer?)  adds an event
return function(add)
  local lanes = {}

  local hosts, run_count = setmetatable({}, weak), 0 -- the lanes of hosts, by their runs
  local of_tasks = setmetatable({}, weak) -- the lanes of tasks
  local open = {} -- the lanes, as keys, whose tasks have not ended

  --- Writes the name of a lane, and how its task has ended.
  local function name(lane, text, outcome)
    local definition = lane.definition
    add('{"ph":"M","name":"thread_name","pid":', lane.key, ',"args":{"name":', quote(text),
      definition and ',"function":' or "", definition or "", outcome and ',"outcome":"' or "",
      outcome or "", outcome and '"}' or "}")
  end

  --- The lane of a run's host.
  ---@param home table|false|nil  the run
  ---@return neap.Lane
  function lanes.host(home)
    home = home or runs.first
    local lane = hosts[home]
    if lane then return lane end
    run_count = run_count + 1
    lane = new_lane(run_count, 0)
    hosts[home] = lane
    add('{"ph":"M","name":"process_name","pid":', lane.key, ',"args":{"name":"run ',
      run_count .. '"}')
    name(lane, "host")
    return lane
  end

  --- The lane of a task; of the host thread where it waits, that of its run's host.
  ---@param task table
  ---@return neap.Lane
  function lanes.of(task)
    local lane = of_tasks[task]
    if lane then return lane end
    local host = lanes.host(task.home)
    if not task.id then return host end
    lane = new_lane(host.pid, task.id)
    local definition = positions.definition(task.body or task.fn)
    lane.definition, lane.label = definition and quote(definition), task.label or false
    of_tasks[task], open[lane] = lane, true
    return lane
  end

  --- Ends a task's lane: now its name is known, and what became of the task.
  ---@param lane neap.Lane
  ---@param outcome? string
  function lanes.close(lane, outcome)
    open[lane] = nil
    if lane.tid == 0 then return end
    name(lane, lane.label or "task " .. lane.tid, outcome)
  end

  --- The lanes of hosts and of tasks that have not ended, in order; with the names that the tasks
  -- have by now.
  ---@return neap.Lane[]
  function lanes.open()
    local list = {}
    for task, lane in pairs(of_tasks) do lane.label = task.label or lane.label end
    for _, lane in pairs(hosts) do list[#list + 1] = lane end
    for lane in pairs(open) do list[#list + 1] = lane end
    sort(list, by_number)
    return list
  end

  return lanes
end
