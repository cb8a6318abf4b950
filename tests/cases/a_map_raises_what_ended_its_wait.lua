-- Where the wait of a map fails, and not one of its jobs, that error is raised: the VM's own inside
-- of a sort, and neap's in a handler of errors. Its jobs are never begun, the pool's others are.
local neap = require "neap"

local pool = neap.pool(2)
local function job(item) print("never printed", item) end
local function map() return pool:map({ "a", "b", "c" }, job) end

local _, err = pcall(table.sort, { 1, 2, 3 }, map)
print("the VM's own error", err:match("attempt to yield across") ~= nil)
local other = pool:submit(function() return "another job has run" end)
print(other:wait())
print(#neap.tasks() .. " task is left", pool)

neap.on_error(function() print(pcall(map)) end)
neap.spawn(error, "a failure", 0):detach()
neap.sleep(1)
print(#neap.tasks() .. " task is left", pool)

-- What a job raises is what map raises, as ever; so is that it was cancelled.
local failure = {}
print(select(2, pcall(pool.map, pool, { 1, 2, 3 }, function() error(failure) end)) == failure)
print(pcall(pool.map, pool, { 1, 2, 3 }, function() neap.current():cancel() neap.yield() end))
print(pool:map({ "a", "b", "c" }, function(item, i) return item .. i end)[3])
