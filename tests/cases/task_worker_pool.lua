-- Three workers share a list of jobs; one that finds it empty ends.
local function worker(id, jobs)
  while true do
    local job = table.remove(jobs, 1)
    if not job then break end
    print("worker " .. id .. " takes " .. job)
    task.wait(0.5)
  end
  print("worker " .. id .. " has nothing left to do")
end

local jobs = { "job 1", "job 2", "job 3", "job 4", "job 5" }
for i = 1, 3 do
  task.spawn(worker, i, jobs)
end
task.wait(10)
print("all jobs are done")
