-- An object of neap's in place of a duration is named by its kind, not by a field that it happens
-- to have.

local neap = require "neap"
local time = require "ward.time"

print(pcall(function() time.sleep_blocking(neap.future()) end))
print(pcall(function() time.sleep_blocking(time.sleep("1s")) end))
print(pcall(function() time.sleep_blocking(time.instant_now()) end))
print(pcall(function() print(time.duration("1s") + time.now()) end))
local now = time.now()
print(now + time.duration("1s") - now)
