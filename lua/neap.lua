--- neap: async/await, futures, tasks and channels.
--
-- This is all that `require "neap"` gives; each concept has a file of its own under neap/.

---@diagnostic disable: duplicate-set-field
local clock = require "neap.kernel.clock"
local loop = require "neap.task.loop"
local scheduler = require "neap.kernel.scheduler"
local tasks = require "neap.task.task"
local history = require "neap.task.history"
local Future = require "neap.sync.future"
local Channel = require "neap.sync.channel"
local timer = require "neap.sync.timer"
local async = require "neap.structured.async"
local run = require "neap.task.run"
local protected = require "neap.pcall.protected"
local Semaphore = require "neap.sync.semaphore"
local combine = require "neap.structured.combine"
local driven = require "neap.task.driven"
local dump = require "neap.task.dump"
local failures = require "neap.task.failures"
local check = require "neap.check"
local kinds = require "neap.kinds"

local error, setmetatable, tostring, type = error, setmetatable, tostring, type

clock.find_with(require "neap.hosts.default")

local neap = {
  _VERSION = "neap 0.1.0",
  run = run.run,
  step = run.step,
  close = run.close,
  spawn = tasks.spawn,
  current = scheduler.current_task,
  finally = tasks.finally,
  yield = tasks.yield,
  sleep = timer.sleep,
  timer = timer.timer,
  interval = require("neap.sync.interval").new,
  async = async.async,
  await = async.await,
  future = function() return Future.new() end,
  channel = Channel.new,
  select = require "neap.structured.select",
  callback = require "neap.sync.callback",
  all = combine.all,
  any = combine.any,
  settle = combine.settle,
  event = require("neap.sync.event").new,
  semaphore = Semaphore.new,
  mutex = Semaphore.mutex,
  pool = require("neap.structured.pool").new,
  scope = require "neap.structured.scope",
  timeout = require "neap.structured.timeout",
  tasks = require("neap.kernel.listing").all,
  debug = history.debug,
  pcall = protected.pcall,
  xpcall = protected.xpcall,
}


--- What a host may have besides its clock: name, type, and what it is called in an error.
local optional = {
  { "sleep", "function", "a function of seconds" },
  { "pending", "function", "a function" },
  { "report", "function", "a function of a text" },
  { "shared", "boolean", "a boolean" },
  { "wake", "function", "a function of what sleep was given" },
  { "after", "function", "a function of seconds and a function" },
  { "foreign", "function", "a function of what a task yields" },
  { "begin", "function", "a function" },
}


--- Sets the host: its clock and its sleep. To be called before the first task, or in a run's main
-- task while that is the only one; without it, neap takes the first host that it finds (see
-- neap/hosts/default.lua).
---@param host neap.Host
function neap.use(host)
  check.type(host, "table", 1, "use")
  if type(host.now) ~= "function" then
    check.fail(1, "use", "a host with a function now() expected: seconds on a clock")
  end
  for i = 1, #optional do
    local name, expected, what = optional[i][1], optional[i][2], optional[i][3]
    if host[name] ~= nil and type(host[name]) ~= expected then
      check.fail(1, "use", "the host's " .. name .. " must be " .. what .. ", or absent")
    end
  end
  local now = host.now()
  if type(now) ~= "number" or now - now ~= 0 then
    local problem = "the host's now() must return a number of seconds, got " .. check.got(now)
    check.fail(1, "use", problem)
  elseif not loop.use(host) then
    error("attempt to change the host of living tasks: call neap.use before the first one", 2)
  end
  driven.use(host)
end


--- Sets who is told of failures that nobody has seen; without an argument they go to standard error
-- again. fn gets the error, the task (nil if it has been collected), the traceback and what failed;
-- it may not wait.
---@param fn? fun(err: any, task: neap.inside.Task?, traceback: string, what: string)
function neap.on_error(fn)
  if fn ~= nil then check.callable(fn, 1, "on_error") end
  failures.set_handler(fn)
end


--- Writes a line for each living task, as a tree: what it belongs to, what it waits for, how much
-- time is left, and where; and the circles in which tasks wait for each other.
---@param write? fun(line: string)  standard error, or the host's `report`, if absent
function neap.dump(write)
  if write ~= nil then
    check.callable(write, 1, "dump")
    return dump.write(write)
  end
  local lines = {}
  dump.write(function(line) lines[#lines + 1] = line end)
  failures.write(table.concat(lines, "\n"))
end


--- Puts `pcall` and `xpcall` that can be waited in in place of the globals, so that scripts need no
-- change. Replaced too are `debug.traceback`, on Lua 5.1 `coroutine.running`, and where the VM
-- cannot close a thread `coroutine.status`, which then calls a cancelled one dead.
function neap.install()
  protected.install()
end


--- A name that neap does not have raises an error, with the nearest one that it has.
local function missing(_, name)
  local nearest = kinds.nearest(neap, name)
  local hint = nearest and ": did you mean '" .. nearest .. "'?" or ""
  error("neap has no '" .. tostring(name) .. "'" .. hint, 2)
end

setmetatable(neap, { __index = missing })

return neap --[[@as neap]]
