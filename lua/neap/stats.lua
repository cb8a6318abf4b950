--- Counts what a program's tasks do, and writes that when it is over.

---@diagnostic disable: assign-type-mismatch, need-check-nil
local clock = require "neap.kernel.clock"
local failures = require "neap.task.failures"
local positions = require "neap.kernel.positions"
local runs = require "neap.kernel.runs"
local watchers = require "neap.kernel.watchers"

local now, state = clock.now, runs.state

local stats = {}


local function count(number, what)
  return number .. " " .. what .. (number == 1 and "" or what == "switch" and "es" or "s")
end

local function seconds(time) return ("%.3f s"):format(time) end


--- Begins to count.
---@return fun() finish  ends that, and writes the numbers to where reports go
function stats.start()
  local tasks, switches, ticks = 0, 0, 0
  local began, asleep, asleep_since = now(), 0, nil
  local running, since -- the task that runs, and since when
  local longest, longest_of = 0, nil -- the longest time that one has run, and its name

  --- The task that runs, if one does, does so no more.
  local function over()
    if not running then return end
    local time = now() - since
    if time > longest then
      local where = positions.definition(running.body or running.fn) or nil
      longest, longest_of = time, failures.name_of(running, where)
    end
    running = nil
  end

  local function over_for(task)
    if task == running then over() end
  end

  local watcher = {
    made = function() tasks = tasks + 1 end,
    -- A task that another one runs at once (`task.spawn`) is part of that one's run.
    runs = function(task)
      switches = switches + 1
      if running and state.depth > 0 then return end
      over()
      running, since = task, now()
    end,
    waits = over_for, ended = over_for,
    ticks = function()
      over()
      ticks = ticks + 1
    end,
    sleeps = function()
      over()
      asleep_since = now()
    end,
    slept = function() asleep = asleep + now() - asleep_since end,
  }
  watchers.add(watcher)

  return function()
    over()
    watchers.remove(watcher)
    local write = failures.write
    write("neap: " .. count(tasks, "task") .. ", " .. count(switches, "switch") .. ", "
      .. count(ticks, "tick"))
    write("neap: longest run " .. seconds(longest) .. (longest_of and ", of " .. longest_of or ""))
    write("neap: asleep for " .. seconds(asleep) .. " of " .. seconds(now() - began))
  end
end

return stats
