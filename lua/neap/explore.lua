--- Runs a program under many schedules, and finds one under which it fails.
--
-- Which of the tasks that are ready runs first, which of equal deadlines comes first, which of the
-- arms of a `select` that are ready is taken: neap always chooses the same, but in a program that
-- waits for a network or a user, all of it comes otherwise tomorrow. Each schedule is tried on a
-- clock of its own that begins at 0, and on which no time is lost. A failure is an error of the
-- function, a failure of a task that nobody sees, a deadlock, and values that differ although the
-- program says that they are the same in all schedules.
--
--     local explore = require "neap.explore"
--     explore.check(function()
--       ...
--       explore.same(total)
--     end)

---@diagnostic disable: annotation-usage-error, param-type-mismatch, return-type-mismatch
local check = require "neap.check"
local failures = require "neap.task.failures"
local run = require "neap.task.run"
local schedule = require "neap.explore.schedule"
local search = require "neap.explore.search"
local trial = require "neap.explore.trial"

local error, pairs, pcall, tonumber, tostring, type = error, pairs, pcall, tonumber, tostring, type

local explore = {}

---@class neap.ExploreOptions
---@field schedules? integer  how many are tried at most; 1000 if absent
---@field seed? integer  of the first; 1 if absent
---@field strategy? "random"|"pct"|"exhaustive"  "random" if absent
---@field changes? integer  of priorities in each schedule, for "pct"; 3 if absent
---@field ticks? integer  a run that has not ended by then fails; 100000 if absent
---@field schedule? string  the only one to be tried, as a failure has told it
local defaults = { schedules = 1000, seed = 1, strategy = "random", changes = 3, ticks = 100000 }

local strategies = { random = true, pct = true, exhaustive = true }


--- What a program did that has failed.
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
---@return boolean ok
---@return string text  what was found, or how much was tried
function explore.with(try, options, replay)
  local all = {}
  for name, value in pairs(defaults) do all[name] = value end
  for name, value in pairs(options) do all[name] = value end
  local found, tried, is_complete = search.find(function(text, what)
    return try(text, { ticks = all.ticks, tells = what })
  end, all)
  if found then return false, describe(found, replay) end
  return true, ("%d schedule%s, no failure%s"):format(tried, tried == 1 and "" or "s",
    is_complete and ": these are all" or "")
end


local function check_options(options)
  check.type(options, "table", 2, "check", 2)
  for name, value in pairs(options) do
    if name == "strategy" then
      if not strategies[value] then
        check.fail(2, "check", "strategy must be random, pct or exhaustive", 2)
      end
    elseif name == "schedule" then
      if not (type(value) == "string" and schedule.chooser(value)) then
        check.fail(2, "check", "schedule must be a text that a failure has told", 2)
      end
    elseif not defaults[name] then
      check.fail(2, "check", "there is no option " .. tostring(name), 2)
    else
      check.whole(value, name == "seed" and 0 or 1, 2, "check", 2)
    end
  end
end


--- Runs a function as the main task under many schedules. To be called where no task lives.
---@param fn function
---@param options? neap.ExploreOptions
---@return integer tried  how many schedules
-- Raises a text with the failure, the shortest schedule found that has it, and its timeline.
function explore.check(fn, options)
  check.callable(fn, 1, "check")
  options = options or {}
  check_options(options)

  local function go()
    local ok, err = pcall(run.run, fn)
    return ok, not ok and failures.describe(err) or nil
  end
  local function try(text, trial_options) return trial.run(text, go, trial_options) end

  if options.schedule then
    local outcome, failure = search.replay(function(text, what)
      return try(text, { ticks = options.ticks or defaults.ticks, tells = what })
    end, options.schedule)
    if failure then error(failure .. "\n\n" .. outcome.story, 0) end
    return 1
  end
  local ok, text = explore.with(try, options, "explore.check(fn, { schedule = %q })")
  if not ok then error(text, 0) end
  return tonumber(text:match("^%d+"))
end


--- Says that values are the same under all schedules: the first call of a run is compared with the
-- first call of the others, and so on. Where nobody explores, nothing is done.
---@param ... any
---@return any ...  the same
explore.same = trial.same

return explore
