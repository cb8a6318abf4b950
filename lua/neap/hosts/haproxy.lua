--- HAProxy as a host: each action, service and task of its own may have a run, and sleeps in it as
-- `core.msleep` does.
--
--     local haproxy = require "neap.hosts.haproxy"
--     local answer = haproxy.call(fetch, "127.0.0.1", 8080)   -- fetch may use core.tcp
--
-- HAProxy's functions that wait do not wait in a coroutine that HAProxy has not made, which a
-- task's is: `core.msleep` returns at once there, and `core.tcp` has the watchdog end the process.
-- So a task has them called by `call`, in a task of HAProxy's.
--
-- HAProxy interrupts the Lua in its own coroutines, wherever that is, after some thousand
-- instructions. The scheduler may not be interrupted, and so is not, from the beginning of a run to
-- its end: other requests have their turn whenever it sleeps.

---@diagnostic disable: assign-type-mismatch
local calling = require "neap.task.calling"
local clock = require "neap.kernel.clock"
local runs = require "neap.kernel.runs"
local vm = require "neap.kernel.vm"

local ceil, max, min = math.ceil, math.max, math.min
local error, pairs, setmetatable = error, pairs, setmetatable
local state = runs.state

local LONGEST = clock.LONGEST

--- Nothing ends a `core.msleep` early, so a run sleeps in slices, in milliseconds: the first takes
-- FIRST, each is GROWTH times as long as the one before it, up to LAST. Where many runs sleep, that
-- is SHARE for each of them, so that all together wake 10,000 times a second at most.
local FIRST, GROWTH, LAST, SHARE = 1, 1.5, 10, 0.1

local core = vm.global_value("core")
local debug = vm.global_value("debug")

--- The runs that sleep: whether each has been woken.
local woken = setmetatable({}, { __mode = "k" })

--- How many these were when they were counted last, and how many sleeps have begun since. They are
-- counted again after as many sleeps, for a run that HAProxy ends in its sleep leaves no trace.
local sleeping, uncounted = 0, 0

---@class neap.hosts.haproxy: neap.Host
local host = { shared = true, pending = calling.is_pending }


--- Takes out the hook by which HAProxy interrupts Lua; it sets it whenever it resumes a coroutine.
local function forbid_interrupts()
  if debug and debug.sethook then debug.sethook() end
end


--- HAProxy's clock, which stands still while Lua code runs.
---@return number seconds
function host.now()
  local time = core.now()
  return time.sec + time.usec / 1e6
end


--- Called before a run begins.
host.begin = forbid_interrupts


--- Counts the runs that sleep, if it is time.
local function count()
  uncounted = uncounted + 1
  if uncounted <= sleeping then return end
  sleeping, uncounted = 0, 0
  for _ in pairs(woken) do sleeping = sleeping + 1 end
end


--- Sleeps until the deadline, or until another run, or a call, wakes this one.
local function sleep_until(deadline, run)
  local slice, now = FIRST, host.now()
  repeat
    local left, begun = (deadline - now) * 1000, now
    core.msleep(ceil(max(1, min(left, slice))))
    now = host.now()
    if now == begun then
      error("HAProxy does not sleep here: call neap.run in an action, a service or a task of "
        .. "HAProxy's, not in a coroutine, and not while it starts", 0)
    end
    slice = min(slice * GROWTH, max(LAST, sleeping * SHARE))
  until woken[run] or now >= deadline
end


--- Suspends the calling action, service or task.
---@param seconds number
---@param run table
function host.sleep(seconds, run)
  if seconds > 0 then
    woken[run] = false
    count()
    sleep_until(host.now() + min(seconds, LONGEST), run)
    woken[run] = nil
  else
    core.yield()
  end
  forbid_interrupts()
  -- Code outside of every run that wakes a task of one may be interrupted while that is in place.
  while state.home ~= runs.first do
    core.yield()
    forbid_interrupts()
  end
end


--- Ends the sleep of a run when its slice is over.
---@param run table
function host.wake(run)
  if woken[run] == false then woken[run] = true end
end


--- Writes a report to HAProxy's log, which knows no line breaks and no tabs.
---@param text string
function host.report(text)
  for line in text:gmatch("[^\n]+") do core.log(core.err, (line:gsub("\t", "  "))) end
end


--- What the tasks of HAProxy's that are about to begin are to run. HAProxy never frees a function
-- that it was given for a task, so it gets the same one, `begin_next`, each time.
local bodies = {}

local function begin_next()
  local last = #bodies
  local body = bodies[last]
  bodies[last] = nil
  return body()
end


--- Calls fn(...) in a task of HAProxy's, where it may use all of HAProxy that waits: only the
-- calling task waits for it. If that is cancelled, fn goes on, for HAProxy cannot end it: its
-- results are dropped.
---@type fun(fn: function, ...: any): any ...
host.call = calling.new(function(perform, call, ...)
  local arguments = vm.pack(...)
  local function body() return perform(call, vm.unpack(arguments, 1, arguments.n)) end
  -- Asked for a task by a coroutine, HAProxy crashes.
  function call.begin()
    bodies[#bodies + 1] = body
    core.register_task(begin_next)
  end
end, function() end)

return host
