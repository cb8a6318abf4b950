-- A Task gives its results once; a second wait raises, whoever calls it.
local async = require "ward.async"
local t = async.spawn(function() return "result" end)
print("first:", t:wait())
print("second:", pcall(t.wait, t))
print("through await:", pcall(async.await, t))

local slow = async.spawn(function() require("ward.time").sleep(1):wait() return "slow" end)
local other = async.spawn(function() print("another task:", pcall(slow.wait, slow)) end)
print("while somebody waits:", slow:wait())
other:wait()

local failing = async.spawn(function() error("reason", 0) end)
print("failing, first:", pcall(failing.wait, failing))
print("failing, second:", pcall(failing.wait, failing))
