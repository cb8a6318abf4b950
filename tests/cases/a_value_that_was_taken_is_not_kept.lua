-- Once the value of a sender has been taken, nothing of neap's holds it: not the `select` that sent
-- it, nor the sender that was cancelled after that.
local neap = require "neap"

local held = setmetatable({}, { __mode = "v" })

local function value(name)
  local new = {}
  held[name] = new
  return new
end

local function tell()
  neap.yield()
  neap.yield()
  collectgarbage()
  collectgarbage()
  print(next(held) or "all have been collected")
end

local function send(channel, name) channel:send(value(name)) end
local function select(channel, name)
  neap.select { neap.future(), channel:sending(value(name)) }
end

local cancelled = {}

-- Has a task send a value that is taken, and maybe cancels it then.
local function try(channel, fn, name, is_cancelled)
  local task = neap.spawn(fn, channel, name)
  neap.yield()
  channel:wait()
  if is_cancelled then
    task:cancel()
    cancelled[#cancelled + 1] = task
  end
  if channel:len() > 0 then channel:wait() end
  tell()
end

local direct, full = neap.channel(0), neap.channel(1)
try(direct, select, "by a select")
try(direct, send, "by a sender")
try(direct, send, "by a sender that was cancelled", true)
try(direct, select, "by a select that was cancelled", true)

full:send("the first")
try(full, select, "by a select that waited for room")
full:send("the first")
try(full, send, "by a sender that waited for room", true)
