-- Calls of neap's, each to be made where something fails in its midst. Gives their names, two
-- functions that make one in the main task of a run, and one that ends what is left and tells what
-- is wrong.
local neap = require "neap"
local registry = require "neap.kernel.registry"

local time, reported = 0, 0
neap.use {
  now = function() return time end,
  sleep = function(seconds) if seconds < math.huge then time = time + seconds end end,
  report = function(text)
    if text:find("a finalizer of", 1, true) then reported = reported + 1 end
  end,
}

--- How often each finalizer has run; none of those that are registered may be left out.
local runs, is_registered, count = {}, {}, 0
for i = 1, 32 do runs[i], is_registered[i] = 0, false end

local function ended(number) runs[number] = runs[number] + 1 end

local function guard()
  local number = count + 1
  count = number
  neap.finally(ended, number)
  is_registered[number] = true
end

local function guarded(fn, ...)
  guard()
  return fn(...)
end

local calls = {}

function calls.spawn() neap.spawn(guarded, neap.yield):wait() end

function calls.sleep() neap.sleep(1) end

function calls.channel()
  local channel = neap.channel(2)
  neap.spawn(function()
    guard()
    for i = 1, 5 do channel:send(i) end
    channel:close()
  end)
  channel:each(function() neap.yield() end)
end

function calls.select() neap.select({ neap.channel(), neap.timer(1), neap.event() }, 2) end

function calls.mutex()
  local mutex = neap.mutex()
  neap.spawn(function() mutex:with(neap.sleep, 1) end)
  neap.yield()
  mutex:with(neap.yield)
end

function calls.timeout() neap.pcall(neap.timeout, 1, guarded, neap.sleep, 2) end

function calls.scope()
  neap.scope(function(scope) for _ = 1, 3 do scope:spawn(guarded, neap.sleep, 1) end end)
end

function calls.pool()
  neap.pool(2):map({ 1, 2, 3 }, function(i)
    guard()
    neap.yield()
    return i
  end)
end

function calls.all() neap.all { neap.spawn(neap.yield), neap.timer(1) } end

function calls.settle() neap.settle { neap.spawn(error, "no"), neap.timer(1) } end

function calls.finally()
  neap.spawn(function()
    guard()
    neap.finally(neap.yield)
    neap.sleep(5)
  end):cancel()
  neap.yield()
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
  local task = require "task"
  local thread = task.spawn(function()
    guard()
    coroutine.yield()
  end)
  task.defer(thread)
  task.wait(1)
end


local names = {}
for name in pairs(calls) do names[#names + 1] = name end
table.sort(names)

--- Makes a call.
local function make(name)
  count = 0
  neap.run(guarded, calls[name])
end

--- Makes a call whose error the main task catches, and goes on.
local function make_caught(name)
  count = 0
  local ok, err
  neap.run(function()
    guard()
    ok, err = neap.pcall(calls[name])
    neap.sleep(1)
    neap.yield()
  end)
  if not ok then error(err, 0) end
end

--- Ends what is left.
---@return string?  what is wrong
local function finish()
  local done = neap.close(10)
  local left, alive, wrong = #neap.tasks(), registry.alive(), nil
  if not done then
    wrong = "a finalizer did not end"
  elseif left > 0 or alive > 0 then
    wrong = left .. " tasks are left, of " .. alive
  end
  for i = 1, count do
    if runs[i] == 0 and reported > 0 then
      reported = reported - 1 -- itself, it had no memory
    elseif runs[i] > 1 or runs[i] == 0 and is_registered[i] then
      wrong = "finalizer " .. i .. " ran " .. runs[i] .. " times"
    end
    runs[i], is_registered[i] = 0, false
  end
  reported = 0
  if neap.run(function() return neap.spawn(neap.sleep, 1):wait() end) ~= 1 then
    return "the next run does not work"
  end
  return wrong
end

return names, make, make_caught, finish
