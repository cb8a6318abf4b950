-- A finalizer of the user's, which the collector may call at any allocation, resolves a future
-- while tasks are spawned, parked and woken: nobody is lost. (Where this Lua has none, the script
-- calls it.)
local neap = require "neap"

local newproxy = rawget(_G, "newproxy")

local function on_collection(fn)
  if newproxy then
    local made, proxy = pcall(newproxy, true)
    if made then getmetatable(proxy).__gc = fn return end
  end
  setmetatable({}, { __gc = fn })
end

neap.on_error(function() end)
local ROUNDS = 300
local settled, woken, chosen = 0, 0, 0
local waiting = {}

local function wake_one()
  local future = table.remove(waiting, 1)
  if future and future:resolve("value") then settled = settled + 1 end
end

pcall(collectgarbage, "setpause", 1)
pcall(collectgarbage, "setstepmul", 10000)
for i = 1, ROUNDS do
  on_collection(wake_one)
  local first, second = neap.future(), neap.future()
  waiting[#waiting + 1] = first
  neap.spawn(function()
    if first:wait() == "value" then woken = woken + 1 end
  end)
  neap.spawn(function(...)
    local index, value = neap.select({ second, first, neap.timer("1h") }, "1h")
    if index == 2 and value == "value" then chosen = chosen + 1 end
    return select("#", ...)
  end, i, nil, {})
  if i % 7 == 0 then neap.yield() end
end
neap.yield()
while waiting[1] do
  wake_one()
  neap.yield()
end
neap.sleep(1)
-- One that cancels a task which fails, or begins, just then has it end once.
local victim
for _ = 1, ROUNDS do
  on_collection(function() return victim and victim:cancel() end)
  victim = neap.spawn(error, {})
  victim:detach()
  neap.yield()
  neap.yield()
end
neap.sleep(1)
print("settled", settled == ROUNDS)
print("woken", woken)
print("chosen", chosen)
print("tasks", #neap.tasks())
