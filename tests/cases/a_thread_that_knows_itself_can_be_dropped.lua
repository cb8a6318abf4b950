-- A thread that waits for its user's resume is collected once its user has dropped it, even if its
-- function leads to it again.
local neap = require "neap"

local dropped = setmetatable({}, { __mode = "k" })

local function drop()
  local known = {}
  known.thread = task.spawn(function()
    known.began = true
    coroutine.yield()
    error(known)
  end)
  dropped[known.thread] = known.began
end

for _ = 1, 5 do drop() end
for _ = 1, 3 do
  neap.yield()
  collectgarbage()
end
local left = 0
for _ in pairs(dropped) do left = left + 1 end
print(left == 0 and "all are collected" or left .. " are left")

-- One that goes on is called by its function in reports still.
local thread = task.spawn(function()
  coroutine.yield()
  error("no tide", 0)
end)
collectgarbage()
neap.on_error(function(err, _, _, what)
  print(what:match "its function is at .*:%d+" ~= nil, err)
end)
task.spawn(thread)
