--- Reports tasks that run for long without waiting (hogs): which, where, and whom they keep
-- waiting.
--
-- A hook looks at the clock while a task runs, so that it is reported while it still does. The hook
-- is called after so many instructions on each thread that neap resumes (LuaJIT's compiler, whose
-- code calls no hooks, is turned off); if the VM has no such hook, the host calls `check`. What no
-- hook sees, a C function or a coroutine of the user's, is reported when the task's run is over.
--
-- A run lasts until the loop goes on: tasks that the running one runs at once (`task.spawn`) are
-- part of it.

---@diagnostic disable: assign-type-mismatch
local clock = require "neap.kernel.clock"
local failures = require "neap.task.failures"
local positions = require "neap.kernel.positions"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local vm = require "neap.kernel.vm"
local watchers = require "neap.kernel.watchers"

local current_thread, now, state = scheduler.current_thread, clock.now, runs.state
local pairs, setmetatable, status, tostring = pairs, setmetatable, vm.coroutine.status, tostring

local hogs = {}

--- After how many instructions the hook is called: a prime number, so that in a loop it is not
-- always called at the same one.
local INSTRUCTIONS = 997


local function write(text) return failures.write("neap: " .. text) end

local function seconds(time) return ("%.2f s"):format(time) end


--- Whom a run keeps waiting, as a part of a sentence: the task that has been ready longest, and how
-- many others.
---@param ready table<neap.inside.Task, number>  since when each is ready, or when it will be
---@param time number  now
---@param hog neap.inside.Task
---@param verb string  "keeps" or "kept"
local function describe_waiting(ready, time, hog, verb)
  local first, count = nil, 0
  for task, since in pairs(ready) do
    if since <= time and task ~= hog then
      count = count + 1
      local is_first = not first or since < ready[first]
        or since == ready[first] and task.id < first.id
      if is_first then first = task end
    end
  end
  if not first then return "" end
  local others = count == 2 and " and 1 other" or " and " .. count - 1 .. " others"
  return "; it " .. verb .. " " .. tostring(first) .. " waiting (ready for "
    .. seconds(time - ready[first]) .. ")" .. (count > 1 and others or "")
end


--- Watches all tasks from now on.
---@param limit number  how long one may run, in seconds
---@return fun() check  to be called now and then while tasks run, where the VM has no such hook
function hogs.watch(limit)
  local ready = setmetatable({}, { __mode = "k" })
  local running, started, is_told = nil, 0, false
  local debug, jit = vm.global_value("debug"), vm.global_value("jit")
  local set_hook = debug and debug.sethook
  if jit then jit.off() end

  --- Reports a task; `preposition` is what stands before the place where its thread is.
  local function report(hog, time, verb, preposition, thread)
    local where = positions.of(thread)
    write(tostring(hog) .. " has run for " .. seconds(time - started) .. " without waiting"
      .. (where and ", " .. preposition .. " " .. where or "")
      .. describe_waiting(ready, time, hog, verb))
  end

  local function check()
    if not running or is_told then return end
    local time = now()
    if time - started < limit then return end
    is_told = true
    report(running, time, "keeps", "at")
  end

  local function over()
    local hog, time = running, now()
    if not hog then return end
    running = nil
    if is_told then
      return write(tostring(hog) .. " ran for " .. seconds(time - started) .. " in all")
    end
    if time - started < limit then return end
    local thread = current_thread()
    local is_there = thread and status(thread) == "suspended"
    report(hog, time, "kept", is_there and "until" or nil, is_there and thread)
  end

  local function over_for(task)
    if task == running then over() end
  end

  watchers.add {
    made = function(task)
      if not task.place then ready[task] = now() end
    end,
    woken = function(task) ready[task] = ready[task] or now() end,
    waits = function(task, place, argument)
      over_for(task)
      ready[task] = place == state.timers and argument or nil
    end,
    ended = function(task)
      over_for(task)
      ready[task] = nil
    end,
    runs = function(task)
      if not running or state.depth == 0 then
        over()
        running, started, is_told = task, now(), false
      end
      ready[task] = nil
      if set_hook then set_hook(current_thread(), check, "", INSTRUCTIONS) end
    end,
    yields = over_for, ticks = over, sleeps = over,
  }
  return check
end

return hogs
