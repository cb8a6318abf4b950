-- A task that spawns the next and ends, again and again, holds nothing of those before it, also
-- after neap.debug(true); and the dump shows nobody who has ended.
local neap = require "neap"
neap.debug(true)

local jit = rawget(_G, "jit")
if jit then jit.off() end -- traces take memory, too

local function chain(left)
  neap.yield()
  if left > 0 then return neap.spawn(chain, left - 1) end
end

-- How many KiB a chain of tasks leaves, while the last one lives.
local function growth(count)
  neap.spawn(chain, count)
  collectgarbage()
  local before = collectgarbage("count")
  for _ = 1, 2 * count - 2 do neap.yield() end
  collectgarbage()
  collectgarbage()
  local grown = collectgarbage("count") - before
  while #neap.tasks() > 1 do neap.yield() end
  return grown
end

growth(100)
print(growth(10000) < 1500) -- they would take 4,000 KiB and more

local grandparent = neap.spawn(function()
  neap.spawn(function()
    neap.spawn(neap.sleep, 5):name("child")
  end):name("parent")
  neap.sleep(1)
end):name("grandparent")
neap.sleep(0.5)
local child = neap.tasks()[3]
print(child, child:parent(), child:parent():status(), child:parent():parent(), grandparent:parent())
neap.dump(function(line) print((line:gsub(" at %S+:%d+", ""))) end)
neap.sleep(1)
neap.dump(function(line) print((line:gsub(" at %S+:%d+", ""))) end)

-- Nor does it show the scope of one that has ended.
local owner = neap.spawn(function()
  neap.scope(function(scope)
    scope:spawn(function() neap.spawn(neap.sleep, 0.5):name("grandchild") end)
  end)
  neap.sleep(1)
end):name("owner")
neap.sleep(0.1)
neap.dump(function(line) print((line:gsub(" at %S+:%d+", ""))) end)
owner:wait()

-- Who spawned a task that has failed is told all the same.
neap.on_error(function(err, _, _, what) print(err, (what:gsub("%S+:%d+", "LINE"))) end)
neap.spawn(function()
  neap.spawn(error, "lost", 0):detach()
end):name("careless")
neap.sleep(0.1)
neap.tasks()[2]:cancel()
