--- What is done when everyone waits and nothing can wake anyone.

---@diagnostic disable: assign-type-mismatch, inject-field, need-check-nil
local cycles = require "neap.task.cycles"
local dump = require "neap.task.dump"
local listing = require "neap.kernel.listing"
local loop = require "neap.task.loop"
local recovery = require "neap.kernel.recovery"
local Waiters = require "neap.kernel.waiters"
local failures = require "neap.task.failures"
local runs = require "neap.kernel.runs"

local concat, ipairs, state, tostring = table.concat, ipairs, runs.state, tostring

local deadlock = {}


local function line(who, waiter, thread)
  return "\n  " .. who .. ": waits for " .. dump.wait_of(waiter, thread)
end


--- Says who waits for what.
---@param host? table  the host thread's waiter, if that waits too
local function report(host)
  local tasks = listing.all()
  local count = #tasks + (host and 1 or 0)
  local lines = { "deadlock: " .. count .. (count == 1 and " task waits" or " tasks wait")
    .. " and nothing can wake " .. (count == 1 and "it" or "them") }
  if host then lines[2] = line("the host thread", host, state.driver) end
  for i = 1, #tasks do
    local task = tasks[i]
    lines[#lines + 1] = line(tostring(task), task, task.thread or task.target)
  end
  local circles = cycles.find()
  for i = 1, #circles do lines[#lines + 1] = "\n  " .. cycles.describe(circles[i]) end
  return concat(lines)
end


--- Gives up the first finalizer that waits for ever, or any that runs; the others may go on after
-- that.
---@param any boolean  the time is up for all
---@return boolean  false if there is none
function deadlock.give_up_one(any)
  local why = any and "a finalizer was not done in time"
    or "a finalizer waits and nothing can wake it"
  for _, task in ipairs(listing.all()) do
    if task.state == "ending" and (any or task.place) then
      failures.report(why, task, nil, tostring(task))
      task:leave()
      task:kill()
      return true
    end
  end
  return false
end


--- Cancels every task, in the order of their making.
---@return boolean  whether there was one
function deadlock.cancel_each()
  local has_cancelled = false
  for _, task in ipairs(listing.all()) do has_cancelled = task:cancel() or has_cancelled end
  return has_cancelled
end


--- The same between ticks, when none runs: those too whom an error has left nowhere.
---@return boolean  whether there was one
function deadlock.cancel_at_rest()
  recovery.recover()
  return deadlock.cancel_each()
end


--- Cancels every task and runs the loop until all are dead, finalizers included. A finalizer that
-- waits for what can never come is given up, and reported.
function deadlock.cancel_all()
  local is_over
  repeat
    local has_cancelled = deadlock.cancel_at_rest()
    is_over = loop.drive()
      or not (has_cancelled or deadlock.give_up_one(false) or deadlock.cancel_each())
  until is_over
end


--- Ends a deadlock.
---@param host? table  the host thread's waiter, if that waits too
---@return string report  the error to raise
function deadlock.resolve(host)
  local text = report(host)
  if host then Waiters.withdraw(host) end
  deadlock.cancel_all()
  return text
end

return deadlock
