-- 4,000 waits that are cancelled, all at once or one after the other, leave memory where it was
-- (within 40 KiB, 10 bytes each), and no timer: the script ends at once on the clock.
local neap = require "neap"

-- Compiled traces take memory too, but it is not a wait's.
local jit = rawget(_G, "jit")
if jit then jit.off() end

local empty, full, future = neap.channel(), neap.channel(1), neap.future()
full:send("value")

local kinds = {
  { "sleep", function() neap.sleep(1000) end },
  { "receive", function() empty:wait() end },
  { "send", function() full:send(2) end },
  { "future", function() future:wait() end },
  { "timeout", function() neap.select({ empty }, 1000) end },
  { "select", function() neap.select({ empty, full:sending(2), future, neap.timer(1000) }) end },
  { "yield", function() while true do neap.yield() end end },
  { "in pcall", function() neap.pcall(neap.pcall, neap.sleep, 1000) end },
}

local function memory()
  for _ = 1, 4 do
    collectgarbage()
    neap.yield()
  end
  return collectgarbage("count")
end

local function at_once(wait, count)
  local tasks = {}
  for i = 1, count do tasks[i] = neap.spawn(wait) end
  neap.yield()
  for i = 1, count do tasks[i]:cancel() end
end

local function in_turn(wait, count)
  for _ = 1, count do
    local task = neap.spawn(wait)
    neap.yield()
    task:cancel()
  end
end

local function is_kept(cancel, wait)
  cancel(wait, 1000)
  local before = memory()
  cancel(wait, 4000)
  return memory() - before < 40
end

for _, kind in ipairs(kinds) do
  print(kind[1], is_kept(at_once, kind[2]), is_kept(in_turn, kind[2]))
end
local before = neap.timer(0)
print("no timer is left", before:wait())
