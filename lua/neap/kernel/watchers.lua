--- Who is told what happens to tasks: the scheduler's second seam, for as many as there are.
--
-- A watcher is a table of functions, by what they are told of; it has those that it needs. Each
-- gets the task, and more:
--
-- | function | is called when | and gets |
-- | --- | --- | --- |
-- | `made` | a task has been made; where it is parked at once, it has a `place` | who made it |
-- | `runs` | its code begins, or goes on | |
-- | `yields` | it lets the others run: it is woken at once, by itself | |
-- | `waits` | it is about to be parked | the place, and the argument of the place's `park` |
-- | `woken` | it is made ready; if it ran, that run is over | who did it |
-- | `cancelled` | its end has been asked for | by whom |
-- | `ended` | it is dead; its `state` says how it has ended | |
-- | `ticks` | a tick begins; there is no task | |
-- | `sleeps`, `slept` | before and after the host does; there is no task | |
-- | `rests` | the host goes on, after a `run`, a `step` or a wait; there is no task | |
--
-- Who did it is nil where that is no task: a timer, the host, something outside. A task that runs
-- another at once (`task.spawn`) goes on after it without a word; so one that is told to run with
-- `state.depth` at 0 does so after the one that ran before. Of a `yield` in the loop nobody is told
-- (nor that the task is woken) unless a watcher has `yields`, for it is what costs the least; and
-- where none has `runs`, `waits` or `yields`, the loop does what it does unwatched. The
-- host thread, where it waits itself, is told of like a task: it is the one that has no `id`.
--
-- A watcher may neither wait nor raise. While there is none, nothing here is called at all.

---@diagnostic disable: need-check-nil
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local vm = require "neap.kernel.vm"

local current_thread, state = scheduler.current_thread, runs.state
local next, pairs = next, pairs

--- `resume` is what resumes threads, for the scheduler and for those who watch.
local watchers = { resume = vm.coroutine.resume }

---@class neap.Watcher
---@field made? fun(task: neap.inside.Task, by: neap.inside.Task?)
---@field runs? fun(task: neap.inside.Task)
---@field yields? fun(task: neap.inside.Task)
---@field waits? fun(task: neap.inside.Task, place: table, argument: any)
---@field woken? fun(task: neap.inside.Task, by: neap.inside.Task?)
---@field cancelled? fun(task: neap.inside.Task, by: neap.inside.Task?)
---@field ended? fun(task: neap.inside.Task)
---@field ticks? fun()
---@field sleeps? fun()
---@field slept? fun()
---@field rests? fun()

--- All of them; a list is never changed, for it may be in use.
---@type neap.Watcher[]
local all = {}


--- Who is told that something has been made or woken: once, and whoever else watches.
local alarm

local function sound(what)
  if what ~= "woken" and what ~= "made" then return end
  local fn = alarm
  watchers.alarm(nil)
  return fn()
end


--- Has the scheduler tell nobody but the alarm.
local function watch_nothing()
  local passed = watchers.resume ~= vm.coroutine.resume and watchers.resume or nil
  return scheduler.watch_with(alarm and sound, passed)
end


--- The functions of all watchers, by what they are told of: of several, one that calls each.
local function together(list)
  local functions = {}
  for i = 1, #list do
    for what, fn in pairs(list[i]) do
      local before = functions[what]
      functions[what] = before and function(...)
        before(...)
        return fn(...)
      end or fn
    end
  end
  return functions
end


--- Has the scheduler tell those who are in a list.
local function install(list)
  all = list
  local functions = together(list)
  if not next(functions) then return watch_nothing() end
  local on_runs = functions.runs or function() end
  -- On Lua 5.1 a task may go on in another of its threads, without a wait.
  local running_task
  -- Who wakes others by ending is no thread's task any more.
  local dead_task, dead_thread

  local function told(what, task, other, argument)
    if what == "woken" or what == "made" then
      if alarm then sound(what) end
      if task == running_task then running_task = nil end
      if dead_task and not other and current_thread() == dead_thread then other = dead_task end
    elseif what == "ended" then
      running_task, dead_thread = nil, current_thread()
      dead_task = dead_thread and task or nil
    elseif what == "waits" or what == "ticks" then
      running_task = nil
    end
    local fn = functions[what]
    if fn then return fn(task, other, argument) end
  end

  local function watched_resume(thread, ...)
    local task = state.task_of[thread]
    dead_task = nil
    if task and task ~= running_task then
      running_task = task
      on_runs(task)
    end
    return watchers.resume(thread, ...)
  end

  local is_close = functions.runs or functions.yields or functions.waits
  return scheduler.watch_with(told, is_close and watched_resume, functions.yields ~= nil)
end


--- Sets what resumes threads; nil for the VM's own function.
---@param fn? fun(thread: thread, ...: any): boolean, any ...
function watchers.resume_with(fn)
  watchers.resume = fn or vm.coroutine.resume
  install(all)
end


--- Has fn called when the next task is made or woken, and not again; nil for nobody. While nobody
-- watches, this costs next to nothing.
---@param fn? fun()
function watchers.alarm(fn)
  if fn == alarm then return end
  alarm = fn
  if #all == 0 then return watch_nothing() end
end


--- Adds a watcher.
---@param watcher neap.Watcher
function watchers.add(watcher)
  local list = {}
  for i = 1, #all do list[i] = all[i] end
  list[#list + 1] = watcher
  install(list)
end


--- Takes a watcher out again.
---@param watcher neap.Watcher
function watchers.remove(watcher)
  local list = {}
  for i = 1, #all do
    if all[i] ~= watcher then list[#list + 1] = all[i] end
  end
  install(list)
end

return watchers
