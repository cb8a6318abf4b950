-- A ward task's error reaches who waits for it; nobody's is reported, a detached one's at once.
local async = require "ward.async"
local time = require "ward.time"
local neap = require "neap"
neap.on_error(function(err) print("on_error:", err) end)
local raised = { "a table" }
local failing = async.spawn(function()
  time.sleep(1):wait()
  error(raised)
end)
local ok, err = pcall(failing.wait, failing)
print("wait:", ok, err == raised, failing:done())
async.spawn(function() error("detached", 0) end):detach()
time.after(1, function() error("after a second", 0) end)
time.sleep(2):wait()
local unseen = async.spawn(function() error("unseen", 0) end)
time.sleep(1):wait()
print("script: ends, and has not looked; done: " .. tostring(unseen:done()))
print(select(2, pcall(function() async.spawn("no function") end)))
