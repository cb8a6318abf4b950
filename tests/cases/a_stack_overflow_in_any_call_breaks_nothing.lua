-- Each call of neap's is made where there is hardly any stack left: so deep in functions, in pcalls
-- or in coroutines that the VM raises "stack overflow" at one step of it after the other. The task
-- fails, or catches that and goes on. Afterwards no other task is left, every finalizer has run
-- once, and a sleep and a task work as ever.
local neap = require "neap"
local task = require "task"

-- (Who is woken where there is no stack left may stand nowhere, until he is cancelled or nothing
-- else is left to do. The tests check before each tick that nobody does: not here.)
require("neap.kernel.scheduler").set_order(nil)

neap.on_error(function() end)

local begun, ended = 0, 0

local function count_end() ended = ended + 1 end

-- What a task runs that has a finalizer.
local function guarded(fn, ...)
  neap.finally(count_end)
  begun = begun + 1
  return fn(...)
end

local calls = {}

function calls.spawn() neap.spawn(guarded, neap.yield):wait() end

function calls.sleep() neap.sleep(1) end

function calls.channel()
  local channel = neap.channel(2)
  neap.spawn(guarded, function()
    for i = 1, 3 do channel:send(i) end
    channel:close()
  end)
  channel:each(neap.yield)
end

function calls.select() neap.select({ neap.channel(), neap.timer(1), neap.event() }, 2) end

function calls.mutex()
  local mutex = neap.mutex()
  neap.spawn(function() mutex:with(neap.sleep, 1) end)
  neap.yield()
  mutex:with(neap.yield)
end

function calls.timeout() neap.timeout(1, guarded, neap.sleep, 2) end

function calls.scope()
  neap.scope(function(scope) for _ = 1, 3 do scope:spawn(guarded, neap.sleep, 1) end end)
end

function calls.pool() neap.pool(2):map({ 1, 2, 3 }, guarded, neap.yield) end

function calls.all() neap.all { neap.spawn(neap.yield), neap.timer(1) } end

function calls.settle() neap.settle { neap.spawn(error, "no"), neap.timer(1) } end

function calls.finally()
  neap.finally(neap.yield)
  guarded(neap.yield)
end

function calls.cancel()
  local other = neap.spawn(guarded, neap.sleep, 5)
  neap.yield()
  other:cancel()
end

function calls.callback() neap.callback(function(resume) neap.spawn(resume, 7) end) end

function calls.future()
  local future = neap.future()
  neap.spawn(function() future:resolve(1) end)
  future:wait()
end

function calls.interval()
  local interval = neap.interval(1)
  interval:wait()
  interval:wait()
end

function calls.pcall() neap.pcall(neap.pcall, neap.sleep, 1) end

function calls.coroutine()
  coroutine.wrap(function() neap.yield() end)()
  neap.yield()
end

function calls.task()
  local thread = task.spawn(guarded, coroutine.yield)
  task.defer(thread)
  task.wait(1)
end

-- Three ways down: each calls fn at the levels from `first` to `last`, if the VM lets it go there.
local reached

-- (What its frames hold makes the way shorter, but on 5.1 and Luau, which count the frames.)
local function through_functions(level, first, last, fn, ...)
  reached = level
  if level >= first then fn() end
  if level < last then through_functions(level + 1, first, last, fn, ...) end
  return nil
end

local function through_pcalls(level, first, last, fn)
  reached = level
  if level >= first then fn() end
  if level == last then return end
  local ok, err = pcall(through_pcalls, level + 1, first, last, fn)
  if not ok then error(err, 0) end
end

local function through_coroutines(level, first, last, fn)
  reached = level
  if level >= first then fn() end
  if level == last then return end
  local thread = coroutine.create(through_coroutines)
  local ok, err = coroutine.resume(thread, level + 1, first, last, fn)
  if not ok then error(err, 0) end
end

-- With the levels that are tried where there is no end to them (as on LuaJIT).
local ways = {
  { "functions", through_functions, math.huge }, { "pcalls", through_pcalls, 250 },
  { "coroutines", through_coroutines, 250 },
}

local function go_down(way, first, last, fn)
  local diver = neap.spawn(guarded, way, 1, first, last, fn, 1, 2, 3, 4)
  neap.pcall(diver.wait, diver)
  return reached
end

-- What is wrong, if anything, after calls that have met the end of the stack.
local function problem()
  neap.sleep(10)
  for _, other in ipairs(neap.tasks()) do
    if other ~= neap.current() then other:cancel() end
  end
  neap.sleep(1)
  if #neap.tasks() > 1 then return #neap.tasks() - 1 .. " tasks are left" end
  if begun ~= ended then return ("%d finalizers, %d have run"):format(begun, ended) end
  if neap.spawn(neap.sleep, 1):wait() ~= 1 then return "a task does not sleep" end
end

local names = {}
for name in pairs(calls) do names[#names + 1] = name end
table.sort(names)

for _, way in ipairs(ways) do
  local deepest = go_down(way[2], math.huge, way[3])
  print("deep in " .. way[1])
  for i, name in ipairs(names) do
    go_down(way[2], deepest - 32, deepest - 1, function() neap.pcall(calls[name]) end)
    go_down(way[2], deepest - i % 3, deepest, calls[name])
    print("  " .. name, problem() or "ok")
  end
end
