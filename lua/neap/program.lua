--- A script as the main task: what `neap run` does, for any host.

local neap = require "neap"
local check = require "neap.check"
local failures = require "neap.task.failures"
local ink = require "neap.task.ink"
local run = require "neap.task.run"
local signals = require "neap.signals"
local tasks = require "neap.task.task"
local threads = require "neap.kernel.threads"
local user = require "neap.task.user"
local vm = require "neap.kernel.vm"

local create = coroutine.create
local pcall = pcall

local program = {}


--- Runs a script until no task is left. `pcall` and `xpcall` can wait in it, and `task` is a
-- global; a plain coroutine.yield parks it, as in a thread of the `task` face.
---@param script function
---@param ... any  its arguments
---@return boolean ok  false if it failed, or if a failure that nobody saw was reported
---@return string? text  its error, with a traceback, if that is what happened
function program.run(script, ...)
  check.callable(script, 1, "run")
  neap.install()
  vm.set_global("task", require "task")
  local main = tasks.new_user_task(script, create(script), threads.pack(...))
  main.detached = false
  user.admit(main)
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
  return false, ink.report(text)
end

return program
