--- The `ward.time` face: deadlines as awaitables, durations, and the time.
--
-- Its contract, as far as Lua can keep it without a calendar:
--
-- - What waits is an awaitable: `wait()` it, call it, or let it stand in a `select`. `sleep(d)`
--   gives true; `after(d, fn)` fn's results, and true without fn; `interval(d)` 1, 2, 3 and so on,
--   "0s" without waiting, and from 1 again after `reset()`; `timeout(awaitable, d)` what the
--   awaitable gives, or raises an error that contains "timeout". All count from the call.
-- - `sleep_blocking(d)` sleeps at once and gives true. Only the calling task waits here.
-- - A duration is a number of seconds, a string such as "250ms" or "1h30m", a table with any of
--   `days`, `hours`, `minutes`, `seconds`, `millis`, `micros` and `nanos`, or a Duration, which
--   `duration(d)` makes of the others: it can be added, subtracted, multiplied and compared.
--   `parse_duration(text)` gives one, or nil where the text is none.
-- - `now()` is a point in time, by the system's clock; `instant_now()` one on the clock that never
--   runs backwards, with `elapsed()`, a Duration.

---@diagnostic disable: assign-type-mismatch, need-check-nil
local Interval = require "neap.sync.interval"
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local clock = require "neap.kernel.clock"
local kinds = require "neap.kinds"
local neap = require "neap"
local read = require "neap.duration"
local vm = require "neap.kernel.vm"
local ward = require "ward.async"

local error, getmetatable, pairs, pcall, setmetatable, tostring, type =
  error, getmetatable, pairs, pcall, setmetatable, tostring, type

local time = {}

local seconds_in = {
  days = 86400, hours = 3600, minutes = 60, seconds = 1, millis = 1e-3, micros = 1e-6, nanos = 1e-9,
}


--- Gives a class methods without arguments, which compute with a field of it.
---@param kind string  what its objects are called
---@param field string
---@param methods table<string, fun(value: number): any>
local function define(class, kind, field, methods)
  kinds.declare(class, kind)
  for name, compute in pairs(methods) do
    class[name] = function(self)
      kinds.check(self, kind, name)
      return (compute(self[field]))
    end
  end
end


--- A length of time.
---@class ward.inside.Duration
---@field seconds fun(self: ward.inside.Duration): number  with fractions
---@field millis fun(self: ward.inside.Duration): number  whole milliseconds
---@field micros fun(self: ward.inside.Duration): number  whole microseconds
---@field nanos fun(self: ward.inside.Duration): number  whole nanoseconds
---@field neg fun(self: ward.inside.Duration): ward.inside.Duration  the opposite
---@field abs fun(self: ward.inside.Duration): ward.inside.Duration  the length without its sign
---@field private length number  seconds
local Duration = {}
Duration.__index = Duration

local function new_duration(seconds) return setmetatable({ length = seconds }, Duration) end

local function whole(number)
  local up = number + 0.5
  return up - up == 0 and up - up % 1 or number
end

define(Duration, "duration", "length", {
  seconds = function(length) return length end,
  millis = function(length) return whole(length * 1e3) end,
  micros = function(length) return whole(length * 1e6) end,
  nanos = function(length) return whole(length * 1e9) end,
  neg = function(length) return new_duration(-length) end,
  abs = function(length) return new_duration(length < 0 and -length or length) end,
})


--- The seconds of anything that stands for a duration; a negative one stays negative.
local function seconds_of(value, position, name, level)
  level = (level or 1) + 1
  if type(value) == "number" and value == value then return value end
  if type(value) ~= "table" then
    local seconds = read(value, position, name, level) -- no tail call, for the level
    return seconds
  end
  local total, parts, kind = 0, 0, kinds.of(value)
  if kind == "duration" then
    total = value.length
  elseif kind then
    check.fail(position, name, "duration expected, got " .. kind, level)
  else
    for part, number in pairs(value) do
      if not seconds_in[part] then
        check.fail(position, name, "duration expected, a table of seconds, millis and so on; got "
          .. tostring(part), level)
      elseif type(number) ~= "number" then
        check.fail(position, name, "duration expected, with a number of " .. part .. "; got "
          .. type(number), level)
      end
      total, parts = total + number * seconds_in[part], parts + 1
    end
    if parts == 0 then
      check.fail(position, name, "duration expected, got an empty table", level)
    end
  end
  if total ~= total then check.fail(position, name, "duration expected, got nan", level) end
  return total
end

local function at_least_zero(value, position, name)
  local seconds = seconds_of(value, position, name, 2)
  return seconds > 0 and seconds or 0
end

--- The field of an operand, which has to be of a class.
local function operand(value, class, field, expected, position, name)
  if getmetatable(value) == class then return value[field] end
  check.fail(position, name, expected .. " expected, got " .. type(value), 2)
end

--- Has the objects of a class compared by a field, with objects of the same class only.
local function compare(class, field, expected)
  function class.__eq(a, b) return getmetatable(a) == getmetatable(b) and a[field] == b[field] end

  function class.__lt(a, b)
    return operand(a, class, field, expected, 1, "<") < operand(b, class, field, expected, 2, "<")
  end

  function class.__le(a, b)
    return operand(a, class, field, expected, 1, "<=")
      <= operand(b, class, field, expected, 2, "<=")
  end
end

compare(Duration, "length", "duration")

function Duration.__add(a, b) return new_duration(seconds_of(a, 1, "+") + seconds_of(b, 2, "+")) end
function Duration.__sub(a, b) return new_duration(seconds_of(a, 1, "-") - seconds_of(b, 2, "-")) end
function Duration.__unm(a) return a:neg() end
function Duration.__tostring(a) return ("%gs"):format(a.length) end

function Duration.__mul(a, b)
  local position = 2
  if getmetatable(a) ~= Duration then a, b, position = b, a, 1 end
  check.type(b, "number", position, "*")
  return new_duration(a.length * b)
end


--- Makes a Duration.
---@param value number|string|table|ward.inside.Duration
---@return ward.inside.Duration
function time.duration(value) return new_duration(seconds_of(value, 1, "duration")) end


--- Reads a duration.
---@param text string
---@return ward.inside.Duration?  nil if the text is none
function time.parse_duration(text)
  check.type(text, "string", 1, "parse_duration")
  local ok, seconds = pcall(read, text, 1, "parse_duration")
  return ok and new_duration(seconds) or nil
end


--- A point in time, on the system's clock.
---@class ward.inside.TimePoint
---@field timestamp fun(self: ward.inside.TimePoint): number  the seconds since 1970
---@field millis fun(self: ward.inside.TimePoint): number  whole milliseconds
---@field micros fun(self: ward.inside.TimePoint): number  whole microseconds
---@field private at number  seconds
local TimePoint = {}
TimePoint.__index = TimePoint
compare(TimePoint, "at", "time point")

define(TimePoint, "point", "at", {
  timestamp = function(at) return at end,
  millis = function(at) return whole(at * 1e3) end,
  micros = function(at) return whole(at * 1e6) end,
})

function TimePoint.__sub(a, b)
  local at = operand(a, TimePoint, "at", "time point", 1, "-")
  if getmetatable(b) == TimePoint then return new_duration(at - b.at) end
  return setmetatable({ at = at - seconds_of(b, 2, "-") }, TimePoint)
end

function TimePoint.__add(a, b)
  local at = operand(a, TimePoint, "at", "time point", 1, "+")
  return setmetatable({ at = at + seconds_of(b, 2, "+") }, TimePoint)
end


--- The time of the system's clock, in whole seconds.
---@return ward.inside.TimePoint
-- Raises where this Lua has no `os.time`.
function time.now()
  local os = vm.global_value("os")
  if type(os) ~= "table" or not os.time then error("this Lua has no os.time", 2) end
  return setmetatable({ at = os.time() }, TimePoint)
end


--- A point on the clock that never runs backwards.
---@class ward.inside.InstantPoint
---@field elapsed fun(self: ward.inside.InstantPoint): ward.inside.Duration  how long ago it was
---@field private at number
local InstantPoint = {}
InstantPoint.__index = InstantPoint

define(InstantPoint, "instant", "at", {
  elapsed = function(at) return new_duration(clock.now() - at) end,
})

function InstantPoint.__sub(a, b)
  return new_duration(operand(a, InstantPoint, "at", "instant", 1, "-")
    - operand(b, InstantPoint, "at", "instant", 2, "-"))
end


--- Now, to measure from.
---@return ward.inside.InstantPoint
function time.instant_now() return setmetatable({ at = clock.now() }, InstantPoint) end


--- An awaitable that gives true at a deadline.
---@param delay number|string|table|ward.inside.Duration
---@return neap.Timer
function time.sleep(delay) return neap.timer(at_least_zero(delay, 1, "sleep")) end


--- Calls fn after a while, in a task that is not cancelled if its handle is collected.
---@param delay number|string|table|ward.inside.Duration
---@param fn? function
---@return ward.Task<any>|neap.Timer  gives fn's results; true if there is none
function time.after(delay, fn)
  local deadline = neap.timer(at_least_zero(delay, 1, "after"))
  if fn == nil then return deadline end
  check.callable(fn, 2, "after")
  local handle = ward.spawn(function()
    deadline:wait()
    return fn()
  end)
  handle:detach()
  return handle
end


--- An awaitable that ticks: 1, 2, 3 and so on, without drift; with a `reset` that starts the count
-- again. Of length 0 it ticks without waiting.
---@param period number|string|table|ward.inside.Duration
---@return neap.inside.Interval
function time.interval(period) return Interval.every(at_least_zero(period, 1, "interval")) end


--- An awaitable with a deadline. What it waits for goes on after a timeout.
---@class ward.inside.Timeout
---@field private awaited any
---@field private deadline number  on the host's clock, in seconds
local Timeout = {}
Timeout.__index = Timeout

--- What a `select` with a deadline returns, without the index.
local function in_time(index, ...)
  if not index then error("timeout", 0) end
  return ...
end

--- Waits for the awaitable, but no longer than to the deadline.
---@return any ...  what its `wait` returns
-- Raises "timeout".
function Timeout:wait()
  kinds.check(self, "timeout", "wait")
  return in_time(neap.select({ self.awaited }, self.deadline - clock.now()))
end

Timeout.__call = Timeout.wait
kinds.declare(Timeout, "timeout")


--- Sets a deadline for an awaitable.
---@param awaited any
---@param limit number|string|table|ward.inside.Duration
---@return ward.inside.Timeout
function time.timeout(awaited, limit)
  awaitable.check(awaited, 1, "timeout")
  local deadline = clock.now() + at_least_zero(limit, 2, "timeout")
  return setmetatable({ awaited = awaited, deadline = deadline }, Timeout)
end


--- Sleeps at once, without an awaitable. It is the calling task that is suspended, not the program.
---@param delay number|string|table|ward.inside.Duration
---@return true
function time.sleep_blocking(delay)
  neap.sleep(at_least_zero(delay, 1, "sleep_blocking"))
  return true
end

return time --[[@as ward.time]]
