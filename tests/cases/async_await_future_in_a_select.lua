-- A future of the async_await face is awaitable anywhere: wait, call, neap.await, select.
local aa = require "async_await"
local neap = require "neap"
local time = require "ward.time"
local after = aa.async(function(seconds)
  neap.sleep(seconds)
  return "after", seconds
end)
print("wait:", after(1):wait())
print("called:", after(1)())
print("neap.await:", neap.await(after(1)))
print("select:", neap.select({ after(3), after(1), neap.timer(2) }))
print("timeout:", pcall(time.timeout(after(5), 1)))
