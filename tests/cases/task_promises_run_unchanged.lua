-- A promise library as they are written for Roblox: `task` and `coroutine` are all that it knows.
-- What its users expect of it holds here, step by step.

local Promise = {}
Promise.__index = Promise

local STARTED, RESOLVED, REJECTED, CANCELLED = "Started", "Resolved", "Rejected", "Cancelled"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")
local function pack(...) return { n = select("#", ...), ... } end
local function is_promise(value) return getmetatable(value) == Promise end

-- Who waits for a promise is called once it is settled, each on a thread of its own.
local function listen(self, listener)
  if self.status ~= STARTED then return listener() end
  self.listeners[#self.listeners + 1] = listener
end

local function settle(self, status, values)
  if self.status ~= STARTED then return end
  self.status, self.values = status, values
  for _, listener in ipairs(self.listeners) do task.spawn(listener) end
  if status ~= REJECTED then return end
  -- Whoever is going to handle it has until the end of the cycle to say so.
  task.defer(function()
    if not self.is_handled then print("  unhandled rejection:", unpack(values, 1, values.n)) end
  end)
end

local function resolve(self, first, ...)
  if not is_promise(first) then return settle(self, RESOLVED, pack(first, ...)) end
  self.parent, first.is_handled = first, true
  first.consumers[#first.consumers + 1] = self
  listen(first, function() settle(self, first.status, first.values) end)
end

local function start(self, executor, ...)
  local hooks = {}
  local function on_cancel(hook)
    hooks[#hooks + 1] = hook
    return self.status == CANCELLED
  end
  self.hooks = hooks
  local function give(...) resolve(self, ...) end
  local function fail(...) settle(self, REJECTED, pack(...)) end
  self.thread = coroutine.running()
  local ok, err = pcall(executor, give, fail, on_cancel, ...)
  if not ok then fail(err) end
end

local function new_promise()
  return setmetatable({
    status = STARTED, values = pack(), listeners = {}, consumers = {}, hooks = {},
  }, Promise)
end

function Promise.new(executor, ...)
  local self = new_promise()
  task.spawn(start, self, executor, ...)
  return self
end

function Promise.defer(executor, ...)
  local self = new_promise()
  self.thread = task.defer(start, self, executor, ...)
  return self
end

function Promise.resolve(...)
  local self = new_promise()
  resolve(self, ...)
  return self
end

function Promise.reject(...)
  local self = new_promise()
  settle(self, REJECTED, pack(...))
  return self
end

function Promise.delay(seconds)
  return Promise.new(function(give, _, on_cancel)
    local begun = task.delay(seconds, give, seconds)
    on_cancel(function() task.cancel(begun) end)
  end)
end

function Promise.is(value) return is_promise(value) end

-- A promise for what the one or the other function makes of the outcome; without a function for it,
-- the outcome is passed on.
local function chain(self, on_resolved, on_rejected)
  local child = new_promise()
  child.parent, self.is_handled = self, true
  self.consumers[#self.consumers + 1] = child
  listen(self, function()
    local callback = self.status == RESOLVED and on_resolved
      or self.status == REJECTED and on_rejected
    if not callback then return settle(child, self.status, self.values) end
    child.thread = coroutine.running()
    local results = pack(pcall(callback, unpack(self.values, 1, self.values.n)))
    if results[1] then return resolve(child, unpack(results, 2, results.n)) end
    settle(child, REJECTED, pack(results[2]))
  end)
  return child
end

function Promise:andThen(on_resolved, on_rejected) return chain(self, on_resolved, on_rejected) end
function Promise:catch(on_rejected) return chain(self, nil, on_rejected) end

-- Runs however it ends, also when it is cancelled, and passes the outcome on.
function Promise:finally(callback)
  local child = new_promise()
  self.is_handled = true
  listen(self, function()
    callback(self.status)
    settle(child, self.status, self.values)
  end)
  return child
end

function Promise:cancel()
  if self.status ~= STARTED then return end
  for _, hook in ipairs(self.hooks) do hook() end
  settle(self, CANCELLED, pack())
  if self.thread and coroutine.status(self.thread) == "suspended" then task.cancel(self.thread) end
  for _, consumer in ipairs(self.consumers) do consumer:cancel() end
  local parent = self.parent
  if not parent then return end
  for _, consumer in ipairs(parent.consumers) do
    if consumer.status == STARTED then return end
  end
  parent:cancel()
end

-- The calling thread parks itself, and whoever settles the promise spawns it again.
function Promise:awaitStatus()
  self.is_handled = true
  if self.status == STARTED then
    local thread = coroutine.running()
    listen(self, function()
      if coroutine.status(thread) == "suspended" then
        task.spawn(thread, self.status, unpack(self.values, 1, self.values.n))
      end
    end)
    return coroutine.yield()
  end
  return self.status, unpack(self.values, 1, self.values.n)
end

local function as_await(status, ...) return status == RESOLVED, ... end
function Promise:await() return as_await(self:awaitStatus()) end

local function as_expect(status, ...)
  if status == RESOLVED then return ... end
  error(status == CANCELLED and "it was cancelled" or (...), 0)
end
function Promise:expect() return as_expect(self:awaitStatus()) end

local function cancel_each(promises)
  for _, promise in ipairs(promises) do promise:cancel() end
end

-- What ends a promise of several: the others are cancelled first.
local function ends(promises, fn)
  return function(...)
    cancel_each(promises)
    return fn(...)
  end
end

function Promise.all(promises)
  return Promise.new(function(give, fail, on_cancel)
    local results, left = {}, #promises
    on_cancel(function() cancel_each(promises) end)
    for i, promise in ipairs(promises) do
      promise:andThen(function(value)
        results[i], left = value, left - 1
        if left == 0 then give(results) end
      end, ends(promises, fail))
    end
    if left == 0 then give(results) end
  end)
end

function Promise.race(promises)
  return Promise.new(function(give, fail, on_cancel)
    on_cancel(function() cancel_each(promises) end)
    for _, promise in ipairs(promises) do
      promise:andThen(ends(promises, give), ends(promises, fail))
    end
  end)
end

function Promise:timeout(seconds)
  local late = Promise.delay(seconds):andThen(function() return Promise.reject("timed out") end)
  return Promise.race({ self, late })
end

function Promise.retry(times, seconds, make)
  return make(times):catch(function(...)
    if times == 0 then return Promise.reject(...) end
    return Promise.delay(seconds):andThen(function()
      return Promise.retry(times - 1, seconds, make)
    end)
  end)
end

function Promise.try(callback, ...)
  return Promise.new(function(give, _, _, ...) give(callback(...)) end, ...)
end


-- The script is a thread like any other. `clock` tells the seconds since the last section.

local neap = require "neap"
local begin

local function section(title)
  begin = require("ward.time").instant_now()
  print(title)
end

local function say(...) print(("  %gs:"):format(begin:elapsed():seconds()), ...) end

section "an executor runs at once; a deferred one at the end of the cycle, before time goes on"
task.delay(0, say, "delayed by 0")
Promise.new(function(give) say("executor") give() end):andThen(function() say("andThen") end)
Promise.defer(function(give) say("deferred executor") give("value") end)
  :andThen(function(value) say("andThen of the deferred one", value) end)
task.defer(say, "deferred function")
say("script goes on")
task.wait()
say("script after a wait")
task.wait()

section "a chain passes values on, flattens promises, and skips to whoever handles a rejection"
print("", Promise.resolve(1, nil, 3)
  :andThen(function(...)
    say("three values", ...)
    return Promise.delay(2)
  end)
  :andThen(function(seconds)
    say("after the delay", seconds)
    error({ code = 7 })
  end)
  :andThen(function() say("never") end)
  :catch(function(err)
    say("caught the very same table", err.code)
    return "mended", nil
  end)
  :finally(function(status) say("finally", status) end)
  :await())
print("", select("#", Promise.resolve(nil, nil):await()), "results of two nils")

section "a thread awaits, also inside of a pcall; all who do go on in order"
local door = Promise.delay(1)
for i = 1, 3 do
  task.spawn(function() say("waiter " .. i, pcall(door.expect, door)) end)
end
local own = coroutine.create(function() say("a coroutine of one's own", door:expect()) end)
coroutine.resume(own)
say("script", door:await())
task.spawn(function()
  say("a second time", door:await())
  say("a failure", pcall(function() return Promise.reject("refused"):expect() end))
  say("a late failure", pcall(function()
    Promise.delay(1):andThen(function() error("storm", 0) end):expect()
  end))
end)
task.wait(1)

section "a chain may be long"
local long = Promise.delay(1)
for _ = 1, 1000 do long = long:andThen(function(value) return value + 1 end) end
say("after 1000 steps", ("%d"):format(long:expect()))
local nested = Promise.resolve(0)
for _ = 1, 1000 do nested = Promise.resolve(nested) end
say("within 1000 others", ("%d"):format(nested:expect()))

section "all, race and timeout; who loses is cancelled"
local function after(seconds, value)
  return Promise.delay(seconds):andThen(function() return value end)
end
local three = Promise.all({ after(3, "a"), after(1, "b"), Promise.resolve("c") }):expect()
say("all", three[1], three[2], three[3])
local slow = after(5, "slow")
local broken = after(1):andThen(function() error("no", 0) end)
say("all, one fails", Promise.all({ slow, broken }):await())
say("the other one", slow.status)
slow = after(5, "slow")
say("race", Promise.race({ slow, after(2, "fast") }):await())
say("the slow one", slow.status)
say("in time", after(1, "value"):timeout(2):await())
slow = after(9, "slow")
say("too late", slow:timeout(2):await())
say("the late one", slow.status)

section "retry, with a delay in between"
say("retry", Promise.retry(3, 2, function(left)
  say("try", left)
  return left > 1 and Promise.reject("not yet") or Promise.resolve("at last")
end):await())
say("retry", Promise.retry(1, 1, function() return Promise.reject("never") end):await())

section "cancel stops the executor where it waits, and whoever comes after it"
local work = Promise.new(function(give, _, on_cancel)
  on_cancel(function() say("on_cancel") end)
  say("begins")
  task.wait(1)
  say("half done")
  task.wait(1)
  say("never done")
  give()
end)
local tail = work:andThen(function() say("never") end)
work:finally(function(status) say("finally", status) end)
task.wait(1.5)
work:cancel()
say("statuses", work.status, tail.status, coroutine.status(work.thread))
say("await", tail:awaitStatus())
local head = Promise.delay(1)
local left, right = head:andThen(say), head:andThen(say)
left:cancel()
say("one of two consumers is cancelled", head.status)
right:cancel()
say("both are", head.status)
local unborn = Promise.defer(function() say("never begins") end)
unborn:cancel()
local parked = Promise.new(function() coroutine.yield() say("never goes on") end)
parked:cancel()
say("a parked executor", coroutine.status(parked.thread))
task.wait(3)

section "a thread that is cancelled while it awaits is left alone"
local bell = Promise.delay(2)
local sleeper = task.spawn(function()
  say("awaits")
  bell:await()
  say("never")
end)
task.delay(1, task.cancel, sleeper)
say("another", bell:await())
say("its thread", coroutine.status(sleeper))

section "a rejection that nobody handles is told at the end of the cycle"
Promise.reject("handled in time"):catch(function() end)
Promise.reject("nobody's")
Promise.try(function(name) error(name .. " fails", 0) end, "try")
say("script goes on")
task.wait()
say("after the cycle")

section "beside tasks of neap's"
local answer = Promise.new(function(give)
  neap.spawn(function()
    neap.sleep("1s")
    give("from a task")
  end)
end)
local future = neap.future()
answer:andThen(function(value) future:resolve(value .. ", by a future") end)
say(future:wait())
