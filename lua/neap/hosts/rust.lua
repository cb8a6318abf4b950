--- A Rust program as a host: what the crate `neap` calls, and what it supplies.
--
-- Rust tells the time and sleeps, or is polled by its executor. What other threads and finished
-- operations bring, its news, it keeps until they are taken here: before a tick, and after a sleep.
-- All else is decided here.

---@diagnostic disable: need-check-nil, undefined-field
local calls = require "neap.hosts.rust_calls"
local kinds = require "neap.kinds"
local failures = require "neap.task.failures"
local loop = require "neap.task.loop"
local run = require "neap.task.run"
local scheduler = require "neap.kernel.scheduler"
local senders = require "neap.hosts.rust_senders"
local tasks = require "neap.task.task"
local watchers = require "neap.kernel.watchers"

local error, pcall, setmetatable = error, pcall, setmetatable

local rust = { pcall = pcall, run = run.run }

--- What Rust supplies.
---@class neap.RustProgram: neap.RustCalls
---@field count fun(): integer  how many news there are
---@field take fun(): string, number, any ...  the oldest: what it is, a number, and values
---@field notify fun()  has the executor poll whoever drives the tasks
---@field ended fun(key: number)  the task that Rust has spawned by that number is dead
local program

--- How many ticks follow each other before the executor's other futures have their turn.
local TURN = 10

--- The host in use and its own `pending`; how many calls and senders there are, from which news may
-- come.
local host, own_pending, expected = nil, nil, 0
local function is_expected() return true end

local function tell_host()
  if host then host.pending = expected > 0 and is_expected or own_pending end
end

local function expect(change)
  local before = expected
  expected = before + change
  if before == 0 or expected == 0 then tell_host() end
end


--- The tasks that Rust holds, by their numbers.
local handles = {}

--- What is done with each kind of news.
local receive = { call = calls.poll, sent = senders.sent, failed = senders.failed }

function receive.gone(key)
  expect(-1)
  return senders.gone(key)
end

local function receive_next(what, ...)
  if what then return receive[what](...) end
end

--- Takes what has come by now.
local function take()
  calls.hear()
  for _ = 1, program.count() do receive_next(program.take()) end
end

local function is_news() return calls.are_unheard() or program.count() > 0 end


--- Says what Rust supplies.
---@param supplied neap.RustProgram
function rust.begin(supplied)
  program = supplied
  if program.pending ~= nil then calls.begin(supplied, expect) end
end


--- Makes a host table's sleep one that takes the news.
---@param contract neap.Host
---@return neap.Host
function rust.host(contract)
  host, own_pending = contract, contract.pending
  tell_host()
  local sleep = contract.sleep
  if sleep then
    function contract.sleep(seconds)
      if is_news() then seconds = 0 end
      sleep(seconds)
      return take()
    end
  end
  return contract
end


--- Runs one tick, for a program that calls it from its own loop.
---@return number? seconds  as `neap.step`
function rust.step()
  if is_news() and not loop.refusal() then
    local ok, err = loop.enter(take)
    if not ok then error(err, 0) end
  end
  local ok, idle = pcall(run.step) -- what it refuses, no line of Lua's has called
  if not ok then error(idle, 0) end
  return calls.are_unheard() and 0 or idle
end


--- How many seconds until something has to be done, if no task is woken before.
local function idle_time(idle)
  local patience = failures.patience()
  if idle and patience < idle then return patience end
  return idle
end

--- Drives the tasks on behalf of a future that is being polled.
---@return number|false|nil seconds  as `neap.step`; false if a task runs: whoever drives that one
--- drives the others, too
local function advance()
  if scheduler.current_task() or loop.refusal() then return false end
  watchers.alarm(nil)
  local idle
  for _ = 1, TURN do
    idle = rust.step()
    if idle ~= 0 then break end
  end
  if idle ~= 0 then watchers.alarm(program.notify) end
  return idle_time(idle)
end


--- A task that Rust holds.
---@class neap.RustHandle
---@field key number
---@field task neap.inside.Task
---@field is_awaited boolean
local Handle = {}
Handle.__index = Handle

--- Its failure counts as seen: Rust is told.
function Handle:ended(task)
  if handles[self.key] ~= self then return end
  if task.state == "failed" then failures.seen(task) end
  return program.ended(self.key)
end


--- Starts a task that Rust holds by a number.
function rust.spawn(key, fn, ...)
  local task = tasks.spawn(fn, ...)
  local handle = setmetatable({ key = key, task = task, is_awaited = false }, Handle)
  handles[key] = handle
  task:observe(handle)
end


--- Whether such a task is dead; if not, drives the tasks.
---@param key number?  nil: until no task is left
---@return boolean is_done
---@return number|false|nil idle
function rust.poll(key)
  local task = key and handles[key].task
  if task and task:done() then return true end
  local idle = advance()
  if task then return task:done(), idle end
  return idle == nil, idle
end


--- The results of such a task, or its error.
function rust.outcome(key)
  local handle = handles[key]
  handle.is_awaited = true
  return handle.task:wait()
end

function rust.is_done(key) return handles[key].task:done() end
function rust.cancel(key) return handles[key].task:cancel() end


--- Rust lets go of such a task. Its failure is reported, if it was not asked for its outcome.
local function let_go(key)
  local handle = handles[key]
  local task = handle.task
  handles[key] = nil
  if task.state == "failed" and not handle.is_awaited then
    failures.report(task.value, task, task.origin, task.failure.what)
  end
  return task
end

function rust.detach(key) return let_go(key):detach() end
function rust.drop(key) return let_go(key):cancel() end
receive.dropped = rust.drop


--- Whether a value is an object of neap's, of that kind.
function rust.is(value, kind) return kinds.of(value) == kind end


--- Has a future or a channel get what a sender in another thread sends.
function rust.receive(key, future, channel)
  expect(1)
  return senders.add(key, future, channel)
end

return rust
