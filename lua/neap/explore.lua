--- Runs a program under many schedules, and finds one under which it fails.
--
-- Which of the tasks that are ready runs first, which of equal deadlines comes first, which of the
-- arms of a `select` that are ready is taken: neap always chooses the same, but where a program
-- waits for a network or a user, the order may differ from run to run. Each schedule is tried on a
-- virtual clock of its own, which begins at 0, and begins with math.randomseed(1). A schedule fails
-- if the function raises an error, if a task fails that nobody waits for, if there is a deadlock,
-- if the tasks do not end, or if values that are given to `same` differ from those under neap's own
-- schedule.
--
--     local explore = require "neap.explore"
--     explore.check(function()
--       ...
--       explore.same(total)
--     end)

---@diagnostic disable: annotation-usage-error, param-type-mismatch, return-type-mismatch
local check = require "neap.check"
local failures = require "neap.task.failures"
local registry = require "neap.kernel.registry"
local run = require "neap.task.run"
local schedule = require "neap.explore.schedule"
local search = require "neap.explore.search"
local trial = require "neap.explore.trial"

local error, pairs, pcall, tostring, type = error, pairs, pcall, tostring, type

local explore = {}

---@class neap.ExploreOptions
---@field schedules? integer  how many are tried at most; 1000 if absent
---@field seed? integer  of the first; 1 if absent
---@field strategy? "random"|"pct"|"exhaustive"  "random" if absent
---@field changes? integer  of priorities in each schedule, for "pct"; 3 if absent
---@field ticks? integer  a run that has not ended after so many fails; 100000 if absent
---@field schedule? string  the only one to be tried, as the text of a failure names it
local defaults = { schedules = 1000, seed = 1, strategy = "random", changes = 3, ticks = 100000 }

local strategies = { random = true, pct = true, exhaustive = true }

--- What the option `ticks` is called here.
local TICKS = "the option ticks"


--- The text of a failure.
---@param found neap.Found
---@param replay string  how to run it again; %s stands for the schedule
local function describe(found, replay)
  local outcome = found.outcome
  local text = ("schedule %d fails (%s): %s"):format(found.tried, found.name, outcome.failure)
  local list = schedule.deviations_of(outcome.schedule)
  text = text .. ("\n\nthe shortest found in %d more run%s has %s: %s"):format(found.shrinking,
    found.shrinking == 1 and "" or "s",
    #list == 0 and "no choice of its own" or #list == 1 and "1 choice of its own"
    or #list .. " choices of its own", outcome.schedule)
  if outcome.story then text = text .. "\n\n" .. outcome.story end
  return text .. "\n\nto run it again: " .. replay:format(outcome.schedule)
end


--- Explores whatever runs a program: what `check` does, and `neap explore`.
---@param try fun(schedule: string, options: neap.TrialOptions): neap.Outcome
---@param options neap.ExploreOptions
---@param replay string
---@param limit string  what the option is called that says how many ticks a run may have
---@return boolean ok
---@return string text  what was found, or how much was tried
---@return integer? tried  how many schedules, if none has failed
function explore.with(try, options, replay, limit)
  local all = {}
  for name, value in pairs(defaults) do all[name] = value end
  for name, value in pairs(options) do all[name] = value end
  local found, tried, is_complete = search.find(function(text, what)
    return try(text, { ticks = all.ticks, limit = limit, tells = what })
  end, all)
  if found then return false, describe(found, replay) end
  return true, ("%d schedule%s, no failure%s"):format(tried, tried == 1 and "" or "s",
    is_complete and ": these are all" or ""), tried
end


--- What is wrong with an option; false or nil if nothing is.
local function problem_of(name, value)
  if name == "strategy" then
    return not strategies[value] and "strategy must be random, pct or exhaustive"
  elseif name == "schedule" then
    local is_schedule = type(value) == "string" and schedule.chooser(value)
    return not is_schedule and "schedule must be a text that a failure has told"
  elseif not defaults[name] then
    return "there is no option " .. tostring(name)
  end
  local least = name == "seed" and 0 or 1
  local is_right = type(value) == "number" and value >= least
    and (value % 1 == 0 or value == math.huge)
  return not is_right
    and ("%s must be a whole number from %d up, got %s"):format(name, least, check.got(value))
end

local function check_options(options)
  check.type(options, "table", 2, "check", 2)
  for name, value in pairs(options) do
    local problem = problem_of(name, value)
    if problem then check.fail(2, "check", problem, 2) end
  end
end


--- Runs a function as the main task under many schedules, each in a run of its own.
---@param fn function
---@param options? neap.ExploreOptions
---@return integer tried  how many schedules
-- Raises a text with the failure, the shortest schedule found that has it, and its timeline; and an
-- error in a task, or while any lives.
function explore.check(fn, options)
  check.callable(fn, 1, "check")
  options = options or {}
  check_options(options)
  if registry.alive() > 0 then
    error("attempt to explore while tasks live: call it outside of neap.run, before any spawn", 2)
  end

  local function go()
    local ok, err = pcall(run.run, fn)
    return ok, not ok and failures.describe(err) or nil
  end
  local function try(text, trial_options) return trial.run(text, go, trial_options) end

  if options.schedule then
    local outcome, failure = search.replay(function(text, what)
      return try(text, { ticks = options.ticks or defaults.ticks, limit = TICKS, tells = what })
    end, options.schedule)
    if failure then error(failure .. "\n\n" .. outcome.story, 0) end
    return 1
  end
  local replay = "explore.check(fn, { schedule = %q })"
  local ok, text, tried = explore.with(try, options, replay, TICKS)
  if not ok then error(text, 0) end
  return tried
end


--- Says that values are the same under all schedules: the first call of a run is compared with the
-- first call of the others, and so on. When nothing is explored, this does nothing.
---@param ... any
---@return any ...  the same
explore.same = trial.same

return explore
