-- all, any and settle wait by themselves: no task stands for them in the list of tasks, none can be
-- cancelled behind their backs, and what they were handed is given back if their caller is
-- cancelled.
local neap = require "neap"

local futures = { neap.future(), neap.future(), neap.future() }
local waiting = neap.spawn(neap.all, futures)
neap.yield()
print("tasks besides main", #neap.tasks() - 1)
for _, task in ipairs(neap.tasks()) do
  if task ~= neap.current() and task ~= waiting then task:cancel() end
end
for i, future in ipairs(futures) do future:resolve("value " .. i) end
print("results", table.concat(waiting:wait(), ", "))

local channel, other = neap.channel(), neap.channel(1)
local cancelled = neap.spawn(neap.all, { channel, other, neap.future() })
neap.yield()
channel:send("handed over")
print("cancel", cancelled:cancel())
print("given back", channel:try_recv())
print("nobody receives there", other:try_send("kept"), other:try_recv())

print("of nothing", #neap.all {}, #neap.settle {})
print("ready ones", table.concat(neap.all { futures[1], futures[2] }, ", "))
print("one that is cancelled", pcall(neap.all, { futures[1], cancelled }))

local pool = neap.pool(2)
local mapping = neap.spawn(pool.map, pool, { "a", "b", "c" }, function(item)
  neap.sleep(1)
  return item
end)
neap.sleep(0.5)
for _, task in ipairs(neap.tasks()) do
  if task:status() == "pending" then print("a queued job is cancelled", task:cancel()) end
end
print("its map", pcall(mapping.wait, mapping))
