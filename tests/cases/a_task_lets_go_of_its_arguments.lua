-- A task does not hold its arguments longer than its function does: as in a bare coroutine, one
-- that the function has let go of can be collected while the task runs.
local neap = require "neap"

local weak = setmetatable({}, { __mode = "v" })

local function body(name, argument)
  weak[name] = argument
  argument = nil -- luacheck: ignore
  neap.sleep(1)
  return name
end

local function bare(fn, ...)
  local thread = coroutine.create(fn)
  coroutine.resume(thread, ...)
  return thread
end

local starts = {
  { "bare", bare },
  { "spawn", neap.spawn },
  { "task.spawn", task.spawn },
  { "task.defer", task.defer },
  { "task.delay", function(...) return task.delay(0, ...) end },
  { "pool", function(...) return neap.pool(1):submit(...) end },
}
for _, start in ipairs(starts) do start[3] = start[2](body, start[1], {}) end
neap.sleep(0.5)
collectgarbage()
collectgarbage()
for _, start in ipairs(starts) do
  print(start[1], weak[start[1]] == nil and "collected" or "held")
end
