-- A job of a pool that waits for its place is a task like others: in the list of all, with its
-- state, and it can be cancelled there.
local neap = require "neap"

local pool = neap.pool(1)
local running = pool:submit(neap.sleep, 1):name("running")
local queued = pool:submit(print, "queued: runs"):name("queued")
local cancelled = pool:submit(print, "never printed"):name("cancelled")

local function list(when)
  for _, task in ipairs(neap.tasks()) do
    if task:name() then print(when, task:name(), task:status()) end
  end
end

list("at once:")
neap.yield()
list("a tick later:")
print("cancel", cancelled:cancel())
list("then:")
pool:wait()
list("at the end:")
print("done", running:done(), queued:done(), cancelled:done())
