-- The wait methods of one kind refuse the objects of another, whatever state those are in.
local neap = require "neap"

local channel, full = neap.channel(1), neap.channel(1)
full:send("a value")
local event, set = neap.event(), neap.event()
set:set()
local future, resolved = neap.future(), neap.future()
resolved:resolve("a result")
local mutex, taken = neap.mutex(), neap.mutex()
taken:acquire()
local timer, over = neap.timer(1), neap.timer(0)
local interval = neap.interval(1)
local task, ended = neap.spawn(neap.sleep, 1), neap.spawn(function() end)
neap.yield()

local objects = {
  { "channel", channel, full }, { "event", event, set }, { "future", future, resolved },
  { "semaphore", mutex, taken }, { "timer", timer, over }, { "interval", interval },
  { "task", task, ended }, { "sending", channel:sending(1) },
}

for _, class in ipairs(objects) do
  local kind, refused, wait = class[1], 0, class[2].wait
  for _, other in ipairs(objects) do
    for i = 2, other ~= class and #other or 0 do
      local ok, err = pcall(wait, other[i])
      local is_told = not ok and tostring(err):find("calling 'wait' on bad self (" .. kind
        .. " expected, got " .. other[1] .. ")", 1, true)
      if is_told then refused = refused + 1 else print(kind, other[1], i, ok, err) end
    end
  end
  print(kind .. "'s wait has refused", refused)
end

print(select(2, pcall(function() event.wait(future) return end)))
print(mutex, full, neap.select({ future, mutex }))
