-- map raises the first error, the same value; its other jobs are cancelled, the pool's are not.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

local function say(...) print(("%g s:"):format(clock()), ...) end
neap.on_error(function(err) say("reported", err) end)

local pool, boom = neap.pool(3), { code = 7 }
local other = pool:submit(function()
  neap.sleep(2)
  say("a job that is not map's is done")
end)
local ok, err = pcall(pool.map, pool, { "a", "b", "c", "d" }, function(item)
  say(item .. " begins")
  neap.finally(say, "finalizer of " .. item)
  neap.sleep(item == "b" and 1 or 100)
  error(boom)
end)
say("raised", ok, err == boom, other:status())
pool:wait()

local mapper = neap.spawn(pool.map, pool, { "e", "f", "g", "h" }, function(item)
  neap.finally(say, "finalizer of " .. item)
  neap.sleep(100)
end)
neap.sleep(1)
say("cancelled from outside", mapper:cancel(), pcall(mapper.wait, mapper))
pool:wait()
say("tasks besides main", #neap.tasks() - 1)
