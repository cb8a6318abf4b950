--- Counts what a program's tasks do, and tells of it when it is over.

---@diagnostic disable: assign-type-mismatch, need-check-nil
local clock = require "neap.kernel.clock"
local failures = require "neap.task.failures"
local runs = require "neap.kernel.runs"
local watchers = require "neap.kernel.watchers"

local now, state = clock.now, runs.state

local stats = {}


local function count(number, what)
  return number .. " " .. what .. (number == 1 and "" or what == "switch" and "es" or "s")
end

local function seconds(time) return ("%.3f s"):format(time) end


--- Begins to count.
---@return fun() finish  ends that, and tells of it on standard error
function stats.start()
  local tasks, switches, ticks, asleep, longest, hog = 0, 0, 0, 0, 0, nil
  local began, running, since, asleep_since = now(), nil, nil, nil

  --- The run that was under way is over.
  local function over()
    if not running then return end
    local time = now() - since
    if time > longest then longest, hog = time, failures.name_of(running) end
    running = nil
  end

  local function over_for(task)
    if task == running then over() end
  end

  local watcher = {
    made = function() tasks = tasks + 1 end,
    -- What a task runs at once is part of its own run.
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
    write("neap: longest run " .. seconds(longest) .. (hog and ", of " .. hog or ""))
    write("neap: asleep for " .. seconds(asleep) .. " of " .. seconds(now() - began))
  end
end

return stats
