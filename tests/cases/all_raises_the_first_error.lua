-- all raises the first error in time, at once; what it waited for goes on, and is not waited for.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

neap.on_error(function(err) print("reported", err) end)
local function task(seconds, fails)
  return neap.spawn(function()
    neap.sleep(tonumber(seconds))
    if fails then error(fails, 0) end
    return seconds .. " seconds"
  end)
end

local slow, failing, channel = task("3"), task(2, { "second" }), neap.channel(1)
local first = { "first" }
local ok, err = pcall(neap.all, { slow, failing, task(1, first), channel })
print(("%g s"):format(clock()), ok, err == first)
print("left alone", slow:status(), slow:wait())
print("nobody is left in the channel", channel:try_send("kept"), channel:wait())
print("an error that nobody saw is still there", (select(2, pcall(failing.wait, failing)))[1])

local cancelled = task(1)
neap.spawn(cancelled.cancel, cancelled)
print("a cancelled one", pcall(neap.all, { cancelled }))
local waiter = neap.spawn(neap.all, { channel, task("4") })
neap.yield()
print("a cancelled caller", waiter:cancel(), pcall(waiter.wait, waiter))
print("nobody is left in the channel", channel:try_send("kept"), channel:wait())
