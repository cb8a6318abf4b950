--- Makes events of what the scheduler reports (neap.kernel.watchers).
--
-- A slice is written when it is over: a run, a wait, a sleep of the host's. Only one task's code
-- runs at a time: where one runs another at once (`task.spawn`), its own run is two slices, one
-- before and one after. Most yields are not reported: such a run is over when the next one begins,
-- or the tick ends. A wait ends when the task is made ready; between that and its next run it has
-- no slice. An arrow leads to that run, from the run of the task that made it ready, or spawned it.

---@diagnostic disable: assign-type-mismatch, inject-field, param-type-mismatch, undefined-field
local clock = require "neap.kernel.clock"
local new_lanes = require "neap.trace.lanes"
local positions = require "neap.kernel.positions"
local runs = require "neap.kernel.runs"
local words = require "neap.trace.words"
local writer = require "neap.trace.writer"

local floor, now, state = math.floor, clock.now, runs.state
local microseconds, quote = writer.microseconds, writer.quote

--- How the place describes itself in which a task is that lets the others run.
local TURN = "its turn"

--- The beginnings of events that have a length.
local RUN = writer.NEXT .. '{"ph":"X","cat":"run","name":"run","pid":'
local WAIT = writer.NEXT .. '{"ph":"X","cat":"wait","pid":'
local SLEEP = writer.NEXT .. '{"ph":"X","cat":"host","name":"sleep","pid":'

--- How viewers are to colour the end of a task that did not return.
local colours = { failed = ',"cname":"terrible"', cancelled = ',"cname":"bad"' }


--- Makes a watcher that writes all that happens to tasks.
---@param write fun(text: string)
---@return neap.Watcher notes
---@return fun() finish  writes what is still under way, and the end
return function(write)
  local add, add_slice, add_more, add_end = writer.new(write)
  local lanes = new_lanes(add)
  local lane_of, name_of = lanes.of, words.namer()
  lanes.host()

  local first = nil -- when the first event was, in seconds
  local time, time_text = 0, "0.000" -- when the last one was, in nanoseconds from the first

  local current = false -- the lane of the task that runs, if one does
  local run_start, run_text = 0, "0.000" -- since when it does
  local outer, depth = {}, 0 -- the lanes of tasks that have run another at once, which runs
  local arrow_count = 0

  local notes = {}

  --- Looks at the clock.
  local function look()
    local seconds = now()
    first = first or seconds
    local nanoseconds = floor((seconds - first) * 1e9 + 0.5)
    if nanoseconds > time then time, time_text = nanoseconds, microseconds(nanoseconds) end
  end

  local function add_instant(head, lane, args, more, rest, colour)
    add(head, lane.key, ',"ts":', time_text, colour or "", ',"args":{', args, more, rest, "}")
  end

  --- Adds an arrow from a lane, where it ran at a time, to another, now.
  local function add_arrow(name, from, from_text, to)
    arrow_count = arrow_count + 1
    add('{"ph":"s","cat":"wake","name":', name, ',"id":', arrow_count, ',"pid":', from.key,
      ',"ts":', from_text)
    add('{"ph":"f","bp":"e","cat":"wake","name":', name, ',"id":', arrow_count, ',"pid":', to.key,
      ',"ts":', time_text)
  end

  --- Has an arrow lead from a lane, where it runs, or ran last, to the next run of another.
  local function set_waker(lane, waker, arrow)
    local text = waker == current and time_text or waker.last_text
    if text and waker ~= lane then
      lane.waker, lane.waker_text, lane.arrow, lane.is_pending = waker, text, arrow, true
    end
  end

  --- Ends the run of a lane, if it runs; the one within which it did goes on.
  local function end_run(lane, colour)
    if lane ~= current then return end
    add_slice(RUN, lane.key, time - run_start, run_text)
    if colour then add_more(colour) end
    lane.last_text, current = time_text, false
    if depth > 0 then
      current, run_start, run_text = outer[depth], time, time_text
      depth = depth - 1
    end
  end

  --- The tick is over, if there was one: the tasks that ran have yielded, or an error of the host
  -- has ended it.
  local function end_all_runs()
    look()
    while current do end_run(current) end
  end

  local function begin_wait(lane, task, place, argument)
    local description = place:describe(task, argument)
    if description == TURN then return end -- it is ready
    local where = positions.of(task.id and (task.thread or task.target), 1)
    lane.wait, lane.wait_text, lane.is_pending = time, time_text, true
    lane.wait_name, lane.wait_where = quote(description), where and quote(where)
    lane.wait_on = name_of(place, description)
  end

  local function end_wait(lane, colour)
    if not lane.wait then return end
    local where, on = lane.wait_where, lane.wait_on
    add_slice(WAIT, lane.key, time - lane.wait, lane.wait_text)
    add_more(colour or "", ',"name":', lane.wait_name, ',"args":{')
    add_more(where and '"where":' or "", where or "", where and on and "," or "", on)
    add_more("}")
    lane.wait = false
  end

  --- The task of a lane goes on: writes its wait, and the arrow to this run.
  local function go_on(lane)
    end_wait(lane)
    if lane.waker then add_arrow(lane.arrow, lane.waker, lane.waker_text, lane) end
    lane.waker, lane.is_pending = false, false
  end


  function notes.made(task, by)
    look()
    local lane, maker = lane_of(task), by and lane_of(by) or lanes.host(task.home)
    local where = positions.of(nil, 5)
    add_instant('{"ph":"i","s":"t","cat":"task","name":"spawn","pid":', maker,
      '"task":' .. lane.tid, where and ',"where":', where and quote(where))
    set_waker(lane, maker, '"spawn"')
    if task.place then begin_wait(lane, task, task.place) end
  end

  function notes.runs(task)
    local lane = lane_of(task)
    if lane == current then return end
    look()
    if not task.id then return go_on(lane) end -- the host thread has waited
    if current then
      add_slice(RUN, current.key, time - run_start, run_text)
      depth = state.depth > 0 and depth + 1 or 0 -- 0: it has yielded
      outer[depth] = current
    end
    if lane.is_pending then go_on(lane) end
    current, run_start, run_text = lane, time, time_text
  end

  function notes.waits(task, place, argument)
    look()
    local lane = lane_of(task)
    if lane == current and depth == 0 and place:describe(task, argument) == TURN then return end
    end_run(lane)
    end_wait(lane)
    lane.label, lane.waker = task.label or false, false
    begin_wait(lane, task, place, argument)
  end

  function notes.woken(task, by)
    look()
    local lane = lane_of(task)
    -- It has yielded. Most yields are not reported, but on Lua 5.1 those in a pcall are: where
    -- there is a pcall must make no difference.
    if lane == current then return depth > 0 and end_run(lane) end
    if task.id then end_wait(lane) end
    if by then set_waker(lane, lane_of(by), '"wake"') end
  end

  function notes.cancelled(task, by)
    look()
    local lane, where, canceller = lane_of(task), positions.of(), by and lane_of(by)
    if canceller and canceller == current and canceller ~= lane and lane.wait then
      add_arrow('"cancel"', canceller, time_text, lane)
    end
    end_wait(lane, colours.cancelled)
    add_instant('{"ph":"i","s":"t","cat":"task","name":"cancel","pid":', lane,
      by and '"by":' .. by.id .. (where and "," or "") or "", where and '"where":',
      where and quote(where))
  end

  function notes.ended(task)
    look()
    local lane, outcome = lane_of(task), task.state
    local colour = colours[outcome]
    end_run(lane, colour)
    end_wait(lane, colour)
    if outcome == "failed" then
      add_instant('{"ph":"i","s":"t","cat":"task","name":"failed","pid":', lane, '"error":',
        quote(words.of_error(task.value)), nil, colour)
    elseif outcome == "cancelled" then
      add_instant('{"ph":"i","s":"t","cat":"task","name":"cancelled","pid":', lane, "", nil, nil,
        colour)
    end
    lane.label = task.label or false
    lanes.close(lane, outcome)
  end

  notes.rests = end_all_runs

  function notes.ticks()
    end_all_runs()
    add('{"ph":"i","s":"t","cat":"host","name":"tick","pid":', lanes.host(state.home).key, ',"ts":',
      time_text)
  end

  function notes.sleeps()
    end_all_runs()
    local lane = lanes.host(state.home)
    lane.start, lane.start_text = time, time_text
  end

  function notes.slept()
    look()
    local lane = lanes.host(state.home)
    if not lane.start then return end
    add_slice(SLEEP, lane.key, time - lane.start, lane.start_text)
    lane.start = false
  end

  --- Ends what is under way, and writes the rest.
  local function finish()
    end_all_runs()
    local list = lanes.open()
    for i = 1, #list do
      end_wait(list[i])
      lanes.close(list[i])
    end
    add_end()
  end

  return notes, finish
end
