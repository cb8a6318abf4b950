--- The timeline of a program as text: a line each time a task runs, in order, with what it did.
--
--     tick    time  who
--        2   0.010  task 3     * waits for mutex (held by task 2) at bank.lua:9
--
-- A star says that neap by itself would have run another task first.

---@diagnostic disable: need-check-nil
local clock = require "neap.kernel.clock"
local failures = require "neap.task.failures"
local positions = require "neap.kernel.positions"
local watchers = require "neap.kernel.watchers"

local concat, now, tostring = table.concat, clock.now, tostring

--- How many lines of the beginning, and of the end, are kept of a longer timeline.
local HALF = 100

--- How wide the text beside the names may be.
local WIDTH = 66

--- What continues that text on the next line.
local INDENT = "\n" .. (" "):rep(27)


--- What a task is called here: the name that it has been given, or its number.
local function name_of(task) return task.label or tostring(task) end


--- Joins lines, without those in the middle if they are many.
local function join(lines)
  local count, kept = #lines, {}
  for i = 1, count do
    if i <= HALF or i > count - HALF then
      kept[#kept + 1] = lines[i]
    elseif i == HALF + 1 then
      kept[#kept + 1] = ("   ... %d lines ..."):format(count - 2 * HALF)
    end
  end
  return concat(kept, "\n")
end


--- Joins what a task did while it ran, in as many lines as that takes.
local function join_parts(parts)
  local text, length = "", 0
  for i = 1, #parts do
    local part = parts[i] .. (i < #parts and "," or "")
    if i > 1 and length + #part >= WIDTH then
      text, length = text .. INDENT .. part, #part
    else
      text, length = text .. (i > 1 and " " or "") .. part, length + #part + 1
    end
  end
  return text
end


--- Begins to record what tasks do.
---@param choices neap.Choices  that the program follows
---@return fun(): string finish  ends the recording, and returns the timeline
return function(choices)
  local lines = { "tick    time  who" }
  local chosen = {} -- the tasks that neap by itself would not have run now
  local current, parts, tick, time -- the task that runs: what it has done, and since when it runs

  local function close()
    if not current then return end
    lines[#lines + 1] = ("%4d %7.3f  %-10s %s %s"):format(tick, time, name_of(current),
      parts.is_chosen and "*" or " ", join_parts(parts))
    current = nil
  end

  local function open(task)
    close()
    current, parts, tick, time = task, {}, choices.tick, now()
    parts.is_chosen, chosen[task] = chosen[task], nil
  end

  --- Adds to the line of the task that runs. What another does, or none, has a line of its own.
  local function add(by, text)
    if by and by == current then
      parts[#parts + 1] = text
    else
      lines[#lines + 1] = ("%4d %7.3f  %-10s   %s"):format(choices.tick, now(),
        by and name_of(by) or "-", text)
    end
  end

  local function place_of(task)
    local where = positions.of(task.id and (task.thread or task.target), 1)
    return where and " at " .. where or ""
  end

  local function waits(task, place, argument)
    if task ~= current then open(task) end
    add(task, "waits for " .. place:describe(task, argument) .. place_of(task))
    close()
  end

  local watcher = {
    made = function(task, by)
      local code = positions.definition(task.body or task.fn)
      add(by, "makes " .. name_of(task) .. (code and " (" .. code .. ")" or ""))
    end,
    runs = function(task)
      if task == current then return end
      if task.id then open(task) end
    end,
    yields = function(task)
      add(task, "lets others run" .. place_of(task))
      close()
    end,
    waits = waits,
    woken = function(task, by)
      if not by then close() end
      if task ~= by then add(by, "wakes " .. name_of(task)) end
    end,
    cancelled = function(task, by)
      add(by, "cancels " .. (task == by and "itself" or name_of(task)))
    end,
    ended = function(task)
      local err = task.state == "failed" and ": " .. failures.describe(task.value) or ""
      add(task, (task.state == "returned" and "ends" or task.state == "failed" and "fails"
        or "is cancelled") .. err)
    end,
    ticks = close, sleeps = close,
  }
  watchers.add(watcher)

  function choices.notes(kind, what)
    if kind == "order" then
      chosen[what] = true
    elseif kind == "arm" then
      add(current, "* takes arm " .. what .. " of its select")
    else
      close()
      add(nil, "* number " .. what .. " of the equal deadlines comes first")
    end
  end

  return function()
    close()
    watchers.remove(watcher)
    return join(lines)
  end
end
