--- What is done when everyone waits and nothing can wake anyone.

local loop = require "neap.task.loop"
local Waiters = require "neap.kernel.waiters"
local census = require "neap.kernel.census"
local scheduler = require "neap.kernel.scheduler"
local failures = require "neap.task.failures"
local vm = require "neap.kernel.vm"

local concat, sort = table.concat, table.sort

local deadlock = {}


--- All tasks that have not ended, in the order of their creation.
---@return neap.Task[]
function deadlock.tasks()
  local tasks, seen = {}, {}
  scheduler.each_task(function(task)
    if not seen[task] and task.id and not task:done() then
      seen[task] = true
      tasks[#tasks + 1] = task
    end
  end)
  sort(tasks, function(a, b) return a.id < b.id end)
  return tasks
end


local function line(who, waiter, thread)
  local where = thread and vm.position(thread)
  local place = waiter.parked
  return "\n  " .. who .. ": waits for " .. (place and place:describe() or "nothing")
    .. (where and " at " .. where or "")
end


--- Says who waits for what.
---@param host? table  the host thread's waiter, if that waits too
---@return string
local function report(host)
  local tasks = deadlock.tasks()
  local count = #tasks + (host and 1 or 0)
  local lines = { "deadlock: " .. count .. (count == 1 and " task waits" or " tasks wait")
    .. " and nothing can wake " .. (count == 1 and "it" or "them") }
  if host then lines[2] = line("the host thread", host) end
  for i = 1, #tasks do
    local task = tasks[i]
    lines[#lines + 1] = line(task:describe(), task, task.thread)
  end
  return concat(lines)
end


--- Cancels every task and runs the loop until all are dead, finalizers included. A finalizer that
-- waits for what can never come is given up, and reported.
function deadlock.cancel_all()
  repeat
    local tasks = deadlock.tasks()
    local cancelled = false
    for i = 1, #tasks do cancelled = tasks[i]:cancel() or cancelled end
    if not loop.drive() and not cancelled then
      for i = 1, #tasks do
        local task = tasks[i]
        if task.final then
          failures.report("a finalizer waits and nothing can wake it", task, nil, task:describe())
          task:give_up()
        end
      end
    end
  until census.alive() == 0
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
