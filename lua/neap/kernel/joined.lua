--- What is waited for by one, as a rule: a task, a future.
--
-- The first who waits is kept in a field, and a list is made only for others beside it. So the
-- thing itself is the place to wait at. Its class takes the methods from here.

local Waiters = require "neap.kernel.waiters"

---@class neap.Joined: neap.Waiter
---@field is_ready fun(self: neap.Joined): boolean
---@field private joiner table|false
---@field private others neap.Waiters|false
local joined = { joiner = false, others = false }


--- Parks a waiter.
function joined:park(waiter)
  local others = self.others
  if self.joiner or others and others:head() then
    if not others then
      local was_concluding = waiter.is_concluding -- as it is in a finalizer, which may wait
      others = Waiters.new(self)
      self.others = others
      -- The collector may have called code of the user's that has cancelled the waiter.
      if waiter.is_concluding and not was_concluding then return end
    end
    others:park(waiter)
  else
    self.joiner, waiter.place = waiter, self
  end
  -- Since the waiter asked, the collector may have called code of the user's that has ended what is
  -- waited for (Lua 5.2 may collect in any call).
  if self:is_ready() and waiter.place then
    waiter.place:remove(waiter)
    return waiter:wake()
  end
end


--- Takes a waiter out.
function joined:remove(waiter)
  waiter.place, self.joiner = false, false
end


--- Wakes all, in order.
---@param giver? table  whose `pass_on` is called for each that never gets to run
function joined:wake_all(giver)
  local joiner, others = self.joiner, self.others
  if joiner then
    joiner.place, self.joiner = false, false
    joiner:wake(giver)
  end
  if others then others:wake_all(giver) end
end


--- Whether somebody waits for it.
function joined:is_awaited()
  return (self.joiner or self.others and self.others:head()) and true or false
end

--- Has `class` keep its waiters so.
---@param class table
return function(class)
  for name, member in pairs(joined) do class[name] = member end
end
