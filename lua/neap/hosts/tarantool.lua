--- Tarantool as a host: each fiber may have a run of its own, and sleeps in it as a fiber does.
--
--     local tarantool = require "neap.hosts.tarantool"
--     local socket = tarantool.call(net.tcp_connect, "127.0.0.1", 3301)
--
-- A function of Tarantool's that waits suspends the whole run, with all of its tasks, and other
-- fibers cannot enter neap meanwhile. `call` calls it in another fiber, so that only one task waits
-- for it.

---@diagnostic disable: inject-field, undefined-field, unresolved-require
local calling = require "neap.task.calling"
local clock = require "neap.kernel.clock"
local loop = require "neap.task.loop"
local vm = require "neap.kernel.vm"

local error, min, pcall, setmetatable = error, math.min, pcall, setmetatable

local LONGEST = clock.LONGEST

--- After how many seconds a fiber looks again whether it may enter neap.
local LOOK = 0.001

---@type any, any, any
local fiber, monotonic, log

--- The number of the fiber that was in neap last.
local owner

--- The fibers of the runs that sleep.
local sleepers = setmetatable({}, { __mode = "k" })

---@class neap.hosts.tarantool: neap.Host
local host = { shared = true, pending = calling.is_pending }


--- Finds Tarantool's modules at the first use of the host: this file loads without them.
local function find()
  local require = vm.global_value("require")
  fiber, monotonic, log = require("fiber"), require("clock").monotonic, require("log")
end


--- Waits until no other fiber is in neap. One is, while it waits in a function of Tarantool's that
-- a task has called.
local function take_turn()
  local me = fiber.id()
  while owner ~= me and loop.refusal(true) do pcall(fiber.sleep, LOOK) end
  owner = me
end


--- The system's time.
---@return number seconds
function host.now()
  if not fiber then find() end
  return monotonic()
end


--- Called before a run begins.
function host.begin()
  if not fiber then find() end
  take_turn()
end


--- Suspends the calling fiber. If that has been cancelled, this raises what `fiber.sleep` does, but
-- only once in each run: finalizers may wait after that.
---@param seconds number
---@param run table
function host.sleep(seconds, run)
  local me = fiber.self()
  local storage = me.storage
  local is_told = storage.neap_told == run
  local ok, err = true, nil
  if not is_told then ok, err = pcall(fiber.testcancel) end
  if ok then
    sleepers[run] = me
    ok, err = pcall(fiber.sleep, min(seconds, LONGEST))
    sleepers[run] = nil
    take_turn()
  end
  if ok or is_told then return end
  storage.neap_told = run
  error(err, 0)
end


--- Ends the sleep of a run.
---@param run table
function host.wake(run)
  local sleeper = sleepers[run]
  if sleeper then sleeper:wakeup() end
end


--- Writes a report to Tarantool's log.
---@param text string
function host.report(text)
  if not log then find() end
  log.error("%s", text)
end


--- Calls fn(...) in a fiber of its own, where it may use all of Tarantool that waits: only the
-- calling task waits for it. If that is cancelled, so is the fiber.
---@type fun(fn: function, ...: any): any ...
-- Raises fn's error, the same value.
host.call = calling.new(function(perform, call, ...)
  if not fiber then find() end
  call.fiber = fiber.new(perform, call, ...)
end, function(call)
  if not call.is_over then pcall(call.fiber.cancel, call.fiber) end
end)

return host
