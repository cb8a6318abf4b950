--- A script as the main task: what `neap run` does, for any host.

---@diagnostic disable: access-invisible
local neap = require "neap"
local check = require "neap.check"
local failures = require "neap.task.failures"
local colours = require "neap.task.colours"
local run = require "neap.task.run"
local signals = require "neap.signals"
local tasks = require "neap.task.task"
local threads = require "neap.kernel.threads"
local user = require "neap.task.user"
local vm = require "neap.kernel.vm"

local create = vm.coroutine.create
local pcall = pcall

local program = {}


---@class neap.Options
---@field colours? boolean  reports are in colour
---@field trace_spawns? boolean  where tasks were spawned is remembered
---@field watch_deadlocks? boolean  circles of waits are looked for once a second
---@field watch_hogs? number  after how many seconds without a wait a task is reported
---@field stats? boolean  how much was done is written at the end
---@field json? fun(text: string)  writes a trace
---@field html? fun(text: string)  writes a timeline
---@field schedule? string  the order in which tasks run, see neap.explore.schedule

--- Begins to watch the program that is about to run. The modules for that are loaded only if an
-- option asks for them.
---@param options neap.Options
---@return fun() finish  to be called when the program is over, if os.exit has not ended it; raises
--- what a writer has raised
---@return (fun()|false)? find_hogs  to be called often, where the VM has no hook to find hogs by
function program.watch(options)
  colours.use(options.colours or false)
  if options.trace_spawns then neap.debug(true) end
  if options.watch_deadlocks then require("neap.task.cycle_watch").begin() end
  local recording = (options.json or options.html) and require("neap.trace").start(options)
  local find_hogs = options.watch_hogs and require("neap.hogs").watch(options.watch_hogs)
  if options.schedule then require("neap.explore.trial").follow(options.schedule) end
  local finish_stats = options.stats and require("neap.stats").start()
  local function finish()
    -- Those that a trial tells of when the script calls os.exit.
    if options.schedule then failures.flush() end
    if finish_stats then finish_stats() end
    finish_stats = nil
    if recording then recording:stop() end
  end
  return finish, find_hogs
end


--- Runs a script until no task is left. `pcall` and `xpcall` can wait in it, and `task` is a
-- global; a plain coroutine.yield parks it, as in a thread of the `task` face.
---@param script function
---@param ... any  its arguments
---@return boolean ok  false if it failed, or if a failure that nobody saw was reported
---@return string? text  its error, with a traceback, if it failed
function program.run(script, ...)
  check.callable(script, 1, "run")
  neap.install()
  vm.set_global("task", require "task")
  local thread = create(script)
  local main = tasks.new_user_task(script, thread, threads.pack(...))
  main.detached = false
  user.admit(main, thread)
  main:wake()
  local before = failures.reported
  local ok, err = pcall(run.until_done, main)
  if ok or signals.has_ended and main.state == "cancelled" then
    return failures.reported == before
  end
  local text = failures.describe(err, main.origin)
  if main.origin and main.origin ~= "" then
    text = text .. "\nstack traceback:\n" .. main.origin
  end
  return false, colours.report(text)
end

return program
