--- What a generated program has done, and whether that may be so.
--
-- Each value has a number of its own; each finalizer, each lock, each channel is known here. When
-- the program is over, `check` says what is wrong.

local neap = require "neap"
local registry = require "neap.kernel.registry"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"

local World = {}
World.__index = World

function World.new(random, budget)
  local self = setmetatable({
    random = random, budget = budget, hash = 0, steps = 0, problems = {},
    channels = {}, locks = {}, pools = {}, events = {}, futures = {}, tasks = {}, threads = {},
    ids = {}, handles = {}, views = {}, begun = {},
    values = 0, sent = {}, refused = {}, received = {}, finalized = {}, errors = {},
  }, World)
  for i = 0, 3 do self.channels[i + 1] = neap.channel(i) end
  self.locks = {
    { lock = neap.mutex(), size = 1 }, { lock = neap.mutex(), size = 1 },
    { lock = neap.semaphore(2), size = 2 },
  }
  for i = 1, 2 do
    self.events[i], self.futures[i] = neap.event(), neap.future()
  end
  return self
end

--- Adds a number to the hash of what the program has done.
function World:note(number)
  self.hash = (self.hash * 31 + number) % 4294967296
end

--- Adds a problem; the first few are enough.
function World:complain(text)
  if #self.problems < 5 then self.problems[#self.problems + 1] = text end
end

--- Whether the program may take another step.
function World:goes_on()
  self.steps = self.steps + 1
  return self.steps <= self.budget
end

--- A new value to send.
function World:value()
  self.values = self.values + 1
  return self.values
end

--- A sender knows what has become of its value: it was sent, or refused.
function World:was_sent(value, is_sent)
  self:note(is_sent and 3 or 4)
  if is_sent then self.sent[value] = true else self.refused[value] = true end
end

--- A receiver has got a value, or nil if there was none.
function World:got(value)
  if value == nil then return end
  self:note(value)
  if type(value) ~= "number" or value > self.values or value < 1 then
    return self:complain("received what nobody has sent: " .. tostring(value))
  end
  self.received[value] = (self.received[value] or 0) + 1
end

--- The metatable of errors that are tables: neap has no reason to compare them.
local incomparable = { __eq = function() error("a user's __eq was called", 2) end }

--- An error that is known when it comes back.
function World:error()
  local number = #self.errors + 1
  local err = number % 2 == 0 and setmetatable({ number }, incomparable)
    or "error " .. number .. " of the program"
  self.errors[number] = err
  return err
end

local expected = {
  "cancelled", "timeout", "task already joined", "attempt to", "deadlock", "closed",
  "stack overflow", "cannot resume", "suspended coroutine expected", "cannot yield",
  "yield across", "non%-pending", "invalid order function", "C%-call boundary", "attempted to",
  "is ending", "nobody holds", "the scheduler is already running",
  "^a finalizer waits and nothing can wake it$", "^a finalizer was not done in time$",
}

--- Checks an error that somebody has seen.
function World:seen(err)
  self:note(5)
  for i = 1, #self.errors do
    if rawequal(self.errors[i], err) then return end
  end
  if type(err) == "string" then
    for _, text in ipairs(expected) do
      if err:find(text) then return end
    end
  end
  self:complain("an error of nobody's: " .. tostring(err))
end

--- Sleeps: on a virtual clock that no fault has changed, exactly as long as that.
function World:sleep(seconds)
  local passed = neap.sleep(seconds)
  if self.is_exact and passed ~= seconds then
    self:complain(("a sleep of %g s took %g s"):format(seconds, passed))
  end
end

--- Registers a finalizer that is to run once.
function World:finally(fn)
  local number = #self.finalized + 1
  self.finalized[number] = 0
  neap.finally(function()
    self.finalized[number] = self.finalized[number] + 1
    self:note(6)
    fn()
  end)
end


local function check_values(self)
  for _, channel in ipairs(self.channels) do
    repeat
      local value, err = channel:try_recv()
      self:got(value)
    until err
  end
  for value = 1, self.values do
    local times = self.received[value] or 0
    if times > 1 then
      self:complain(("value %d was received %d times"):format(value, times))
    elseif times == 0 and self.sent[value] then
      self:complain(("value %d was sent, and is lost"):format(value))
    elseif times == 1 and self.refused[value] then
      self:complain(("value %d was received although its sender was refused"):format(value))
    end
  end
end


--- Checks what has to be so between two ticks.
function World:look()
  for _, channel in ipairs(self.channels) do
    if channel.limit < 0 and (channel.senders:head() or channel.receivers:head()) then
      self:complain("somebody waits at " .. tostring(channel))
    end
  end
end


--- Checks all that has to be so when no task is left.
function World:check()
  local state = runs.state
  if #neap.tasks() > 0 then self:complain(#neap.tasks() .. " tasks are left") end
  if registry.alive() ~= 0 then self:complain(registry.alive() .. " tasks are counted") end
  local timers = state.timers
  if timers:next_deadline() then self:complain("a timer is left") end
  if timers.size ~= 0 or timers.list.last ~= 0 then self:complain("the timers are not empty") end
  if next(state.task_of) ~= nil then self:complain("a thread is left") end
  local is_cancelling
  runs.change(function() is_cancelling = state.is_cancelling end)
  if scheduler.current_thread() or is_cancelling or state.cancel_requests ~= 0 then
    self:complain("the scheduler is not at rest")
  end
  for i, entry in ipairs(self.locks) do
    local free = entry.lock:count()
    if free ~= entry.size then
      self:complain(("lock %d: %d of %d free"):format(i, free, entry.size))
    end
  end
  for _, pool in ipairs(self.pools) do
    if not pool:is_ready() then self:complain("a pool has jobs left") end
  end
  for i, times in ipairs(self.finalized) do
    if times ~= 1 then self:complain(("finalizer %d ran %d times"):format(i, times)) end
  end
  check_values(self)
  for _, channel in ipairs(self.channels) do
    if channel.senders:head() or channel.receivers:head() then
      self:complain("somebody is left at " .. tostring(channel))
    end
  end
end

return World
