-- A script may choose its host: as long as no other task lives, for whom the clock would jump. Its
-- own clock goes on from where it was, whatever the new host counts from.
local neap = require "neap"

local time, letter = 1000, nil
local host = {
  now = function() return time end,
  sleep = function(seconds)
    if letter then letter:resolve("high water at six") end
    if seconds < math.huge then time = time + seconds end
  end,
  pending = function() return letter ~= nil and not letter:done() end,
}

local function change()
  print(select(2, pcall(neap.use, host)) or "changed")
end

local timer = neap.timer("3s")
neap.sleep("1s")
change()
print(("slept for %g s, until %g"):format(neap.sleep("1s"), time))
timer:wait()
print(("3 s since the timer was made: %g"):format(time))

letter = neap.future()
print("from outside: " .. letter:wait())

local other = neap.spawn(neap.sleep, "1s")
change()
other:wait()
change()
neap.timeout("1s", change)
print(select(2, pcall(neap.use, { now = host.now })))
print(select(2, pcall(neap.use, { now = host.now, sleep = host.sleep, shared = true })))
