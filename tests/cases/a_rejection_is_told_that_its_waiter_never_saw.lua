-- A future is rejected while somebody waits, who is cancelled before he runs, or looks at another
-- result first: nobody has seen the rejection, so it is reported, when the run ends. Whoever sees
-- it takes care of it.
local neap = require "neap"

neap.on_error(function(err, _, _, what) print("reported:", err, what) end)

local futures = {} -- once they are collected, what nobody has seen is reported at once

local function new()
  local future = neap.future()
  futures[#futures + 1] = future
  return future
end

local function wait(future) return pcall(future.wait, future) end
local function select(future) return pcall(neap.select, { new(), future }) end
local function all(future) return pcall(neap.all, { new(), future }) end
local function timeout(future) return pcall(neap.timeout, 1, wait, future) end

-- Rejects a future that tasks wait for, and cancels some of them before they run.
local function try(err, waiters, cancelled)
  local future, tasks = new(), {}
  for i = 1, #waiters do tasks[i] = neap.spawn(waiters[i], future) end
  neap.yield()
  neap.yield()
  future:reject(err)
  for i = 1, #cancelled do tasks[cancelled[i]]:cancel() end
  neap.yield()
end

try("its waiter is cancelled", { wait }, { 1 })
try("its select is cancelled", { select }, { 1 })
try("its all is cancelled", { all }, { 1 })
try("both its waiters are cancelled", { wait, wait }, { 2, 1 })
try("one of two waiters is cancelled", { wait, wait }, { 1 })
try("the other of two waiters is cancelled", { wait, wait }, { 2 })
try("all see it", { wait, select, all, timeout }, {})

local shared, second = new(), nil
neap.spawn(function()
  wait(shared)
  second:cancel()
end)
second = neap.spawn(wait, shared)
neap.yield()
shared:reject("a waiter sees it, and cancels the next")
neap.yield()

-- Two futures are settled in one tick.
local function both(combine, settle, err)
  local a, b = new(), new()
  local task = neap.spawn(function() print(pcall(combine, { a, b })) end)
  neap.yield()
  settle(a)
  b:reject(err)
  task:wait()
end

local function reject(future) future:reject("the first fails") end
local function resolve(future) future:resolve("the first wins") end
both(neap.all, reject, "all has failed before")
both(neap.any, resolve, "any has a winner")
both(neap.select, resolve, "select has a winner")
both(function(list) return neap.settle(list)[2].error end, reject, "settle sees both")
print("main ends")
