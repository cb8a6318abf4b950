-- A tick that was given to a task which is cancelled before it runs goes to the next one; but not
-- if the interval starts again in between: then the next tick is the first.

local neap = require "neap"

local interval = neap.interval(1)

local function wait() print("never printed", interval:wait()) end

local waiter = neap.spawn(wait)
neap.sleep(1)
print("cancelled", waiter:cancel())
print("given back", interval:wait())

waiter = neap.spawn(wait)
neap.sleep(1)
interval:reset()
print("cancelled", waiter:cancel())
local timer = neap.timer(1)
print("first", interval:wait(), timer:done() and "a second later" or "at once")
