-- Scripts that call os.exit, each in another way.
local neap = require "neap"

local ways = {}

--- Whether the second of two tasks comes first, as it does under some schedule.
local function is_other_order()
  local first
  for i = 1, 2 do neap.spawn(function() first = first or i end) end
  neap.sleep(1)
  return first == 2
end

function ways.at_the_end()
  if is_other_order() then error "the other order" end
  os.exit(0)
end

function ways.with_a_status()
  if is_other_order() then os.exit(3) end
  os.exit(true)
end

function ways.in_pcall()
  if is_other_order() then
    pcall(os.exit, 5)
    pcall(pcall, os.exit, 5)
  end
end

function ways.in_a_task()
  neap.spawn(function()
    if is_other_order() then os.exit(4) end
  end)
  neap.sleep(2)
end

function ways.unseen()
  if is_other_order() then
    neap.spawn(error, "nobody sees it", 0)
    neap.yield()
  end
  os.exit()
end

--- Well, wherever it is called from, and whatever would come after it.
function ways.well(from)
  neap.finally(error, "a finalizer after the end")
  neap.spawn(function()
    neap.finally(function() while true do neap.yield() end end)
    neap.sleep(1e9)
  end)
  neap.spawn(print)
  neap.yield()
  local function exit() os.exit(0) end
  if from == "coroutine" then
    coroutine.wrap(exit)()
  elseif from == "sort" then
    table.sort({ 1, 2 }, exit)
  elseif from == "finalizer" then
    neap.spawn(function() neap.finally(exit) end)
    neap.future():wait()
  elseif from == "spawn" then
    task.spawn(exit)
  elseif from == "handler" then
    neap.on_error(exit)
    neap.spawn(error):detach()
    neap.future():wait()
  elseif from == "main" then
    exit()
  end
  error "it goes on"
end

local way, from = ...
ways[way](from)
