--- One run of a program under a schedule, on a clock of its own that begins at 0, and with the same
-- random numbers each time; and what became of it.

---@diagnostic disable: return-type-mismatch
local Choices = require "neap.explore.choices"
local clock = require "neap.kernel.clock"
local deadlock = require "neap.task.deadlock"
local driven = require "neap.task.driven"
local failures = require "neap.task.failures"
local listing = require "neap.kernel.listing"
local loop = require "neap.task.loop"
local positions = require "neap.kernel.positions"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"
local tell_story = require "neap.explore.story"
local text_of = require "neap.explore.values"
local vm = require "neap.kernel.vm"

local concat, error, ipairs, pcall, setmetatable = table.concat, error, ipairs, pcall, setmetatable

local randomseed, state = math.randomseed, runs.state

local trial = {}

--- Of the run that is under way: the values that `same` has got, as texts; and what settles how it
-- has ended.
local values, settle ---@type string[]?, (fun(ok: boolean, text: string?))?

---@class neap.Outcome
---@field kind string?  "error", "deadlock", "report", "endless"; nil if nothing has failed
---@field failure string?  in words
---@field values string[]  what was given to `same`
---@field schedule string  what was chosen
---@field points string  all choices: "tick.number.count," for each, if that was asked for
---@field count integer  how many choices there were
---@field story string?


--- Takes note of values that have to be the same in all runs.
---@param ... any
---@return any ...
function trial.same(...)
  if values then values[#values + 1] = text_of(...) end
  return ...
end


--- Begins to follow a schedule. What a program draws from math.random is no choice of neap's, but
-- has to be the same whenever it follows that schedule.
local function follow(schedule)
  if randomseed then randomseed(1) end
  return Choices.start(schedule)
end


--- Stands for `loop.use` in a run: a host that the program chooses would leave the virtual clock.
-- It may choose another such clock, which makes no difference.
local function keep_clock(host)
  if host.is_virtual then return true end
  error("attempt to use a host while schedules are explored: that is done on the virtual clock", 3)
end


--- Makes a function that is called in each tick, and ends a run that does not end by itself: after
-- so many ticks all tasks are cancelled; if they still do not end, the tick fails.
local function limit(choices, ticks)
  return function()
    if choices.tick == ticks then
      choices.is_endless = true
      for _, task in ipairs(listing.all()) do task:cancel() end
    elseif choices.tick == 2 * ticks then
      error("tasks that have been cancelled do not end", 0)
    end
  end
end


--- A text without its traceback, which is shown when the program is run again.
local function without_traceback(text)
  return (text:gsub("\nstack traceback:\n.*", ""))
end


--- How a run has failed; nil if it has not.
---@return string? kind
---@return string? failure
local function judge(choices, ok, text, reports, options)
  if choices.is_endless then
    return "endless", "the tasks still run after " .. options.ticks .. " ticks (" .. options.limit
      .. " allows more)"
  elseif ok then
    return nil
  elseif text then
    return text:find("^deadlock: ") and "deadlock" or "error", without_traceback(text)
  end
  for i = 1, #reports do reports[i] = without_traceback(reports[i]) end
  return "report", concat(reports, "\n")
end


---@class neap.TrialOptions
---@field ticks integer  a run that has not ended by then is taken for endless
---@field limit string  what the option is called that says so
---@field tells "points"|"story"|nil  what else the outcome has: all choices, or the timeline

--- Runs a program under a schedule, where no task lives.
---@param schedule string
---@param go fun(): boolean, string?  runs it: whether all went well, or why not
---@param options neap.TrialOptions
---@return neap.Outcome
function trial.run(schedule, go, options)
  local has_host, host = pcall(clock.host)
  local report = clock.report
  local reports, reported = {}, failures.reported
  local own, use = clock.virtual(), loop.use
  own.report = function(text) reports[#reports + 1] = text end
  use(own)
  driven.use(own)
  loop.use = keep_clock
  state.made, state.gone, state.next_look = 0, 0, 0 -- tasks are numbered from 1, each time
  local choices = follow(schedule)
  local finish = options.tells == "story" and tell_story(choices)
  choices.on_tick = limit(choices, options.ticks)
  local outcome = { values = {} }
  values = outcome.values
  function settle(ok, text)
    if not values then return end -- what comes after os.exit does not count
    values = nil
    outcome.kind, outcome.failure =
      judge(choices, ok and failures.reported == reported, text, reports, options)
  end

  settle(go())
  outcome.schedule, outcome.count = choices:text(), choices.count
  outcome.story = finish and finish()
  outcome.points = options.tells == "points" and choices:points_text() or ""
  while deadlock.give_up_one(true) do end -- finalizers that never end: the next run begins anew
  settle = nil
  Choices.stop()
  clock.report, loop.use = report, use
  if has_host and use(host) then driven.use(host) end
  return outcome
end


--- Ends the run that is under way, there and then: how it has ended is settled, failures that
-- nobody has seen included. All tasks are cancelled, and the one that calls this never goes on;
-- where it cannot just end (in a coroutine of its own, in a callback), an error is raised, and
-- whoever catches that goes on until the next wait.
---@param failure? string  why that is a failure, if it is one
function trial.exit(failure)
  local where = failure and positions.of()
  failures.flush()
  if settle then settle(not failure, where and where .. ": " .. failure or failure) end
  deadlock.cancel_each()
  if registry.is_within(vm.running(), scheduler.current_thread()) then tasks.yield() end
  error(failure or "os.exit()", 0)
end


--- Has this program follow a schedule, from now on, as in a trial; values that have to be the same
-- are reported.
---@param schedule string
function trial.follow(schedule)
  follow(schedule)
  values = setmetatable({}, { __newindex = function(_, _, text)
    failures.write("neap: to be the same: " .. text)
  end })
end

return trial
