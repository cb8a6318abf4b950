--- neap: async/await, futures, tasks and channels.
--
-- This is all that `require "neap"` gives; each concept has a file of its own under neap/.

local clock = require "neap.clock"
local scheduler = require "neap.scheduler"
local Task = require "neap.task"
local Future = require "neap.future"
local Channel = require "neap.channel"
local timer = require "neap.timer"
local async = require "neap.async"
local run = require "neap.run"
local protected = require "neap.protected"
local Semaphore = require "neap.semaphore"
local combine = require "neap.combine"
local failures = require "neap.failures"
local census = require "neap.census"
local check = require "neap.check"
require "neap.waiting"

local error, type = error, type

clock.default_host = require "neap.host"

local neap = {
  run = run.run,
  step = run.step,
  spawn = Task.spawn,
  current = scheduler.current_task,
  finally = Task.finally,
  yield = scheduler.yield,
  sleep = timer.sleep,
  timer = timer.timer,
  interval = require("neap.interval").new,
  async = async.async,
  await = async.await,
  future = Future.new,
  channel = Channel.new,
  select = require "neap.select",
  callback = require "neap.callback",
  all = combine.all,
  any = combine.any,
  settle = combine.settle,
  event = require("neap.event").new,
  semaphore = Semaphore.new,
  mutex = Semaphore.mutex,
  pool = require("neap.pool").new,
  scope = require("neap.scope").scope,
  timeout = require "neap.timeout",
  tasks = require("neap.deadlock").tasks,
  pcall = protected.pcall,
  xpcall = protected.xpcall,
}


--- Sets the host: its clock and its sleep. To be called before the first task; without it, the
-- first that the program has is taken (see neap/host.lua).
---@param host neap.Host
function neap.use(host)
  check.type(host, "table", 1, "use")
  if type(host.now) ~= "function" then
    check.fail(1, "use", "a host with a function now() expected: seconds on a clock")
  elseif host.sleep ~= nil and type(host.sleep) ~= "function" then
    check.fail(1, "use", "the host's sleep must be a function of seconds, or absent")
  elseif host.pending ~= nil and type(host.pending) ~= "function" then
    check.fail(1, "use", "the host's pending must be a function, or absent")
  elseif host.report ~= nil and type(host.report) ~= "function" then
    check.fail(1, "use", "the host's report must be a function of a text, or absent")
  end
  local kind = type(host.now())
  if kind ~= "number" then
    check.fail(1, "use", "the host's now() must return a number of seconds, got " .. kind)
  elseif census.alive() > 0 then
    error("attempt to change the host of living tasks: call neap.use before the first one", 2)
  end
  clock.use(host)
end


--- Sets who is told of failures that nobody has seen; without an argument they go to standard error
-- again. fn gets the error, the task (nil if it has been collected), the traceback and what failed;
-- it may not wait.
---@param fn? fun(err: any, task: neap.Task?, traceback: string, what: string)
function neap.on_error(fn)
  if fn ~= nil then check.callable(fn, 1, "on_error") end
  failures.set_handler(fn)
end


--- Puts `pcall` and `xpcall` that can be waited in in place of the globals, so that scripts need no
-- change. On Lua 5.1 `debug.traceback` and `coroutine.running` are replaced too.
function neap.install()
  protected.install()
end

return neap
