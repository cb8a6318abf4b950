-- The error of a finalizer goes to on_error; the others still run, and the outcome stays.
local neap = require "neap"

local job
neap.on_error(function(err, failed)
  print("reported: " .. tostring(err), failed == job)
end)

local function work(fails)
  neap.current():name("job")
  neap.finally(print, "the third finalizer runs")
  neap.finally(function()
    neap.yield()
    error("the second finalizer fails", 0)
  end)
  neap.finally(error, "the first finalizer fails", 0)
  if fails then error("the task fails", 0) end
  return "its result"
end

job = neap.spawn(work)
print("waited", job:wait())
job = neap.spawn(work, true)
print("waited", pcall(job.wait, job))
