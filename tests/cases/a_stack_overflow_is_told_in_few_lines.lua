-- The traceback of a task that has met the end of the stack shows where that began and ended, and
-- leaves out what is between, also on a VM that would show all of it.
local neap = require "neap"

local reported
neap.on_error(function(_, _, traceback) reported = traceback end)

local function endless(level) return 1 + endless(level + 1) end
local function begin() return 1 + endless(1) end

local failing = neap.spawn(begin)
neap.pcall(failing.wait, failing)
local _, lines = failing:traceback():gsub("[^\n]+", "")
print("a waiter sees it", lines > 10 and lines <= 24)
print("its end", failing:traceback():match("%.lua:(%d+)[^\n]*$"))

neap.spawn(begin):detach()
neap.yield()
local _, reported_lines = reported:gsub("[^\n]+", "")
print("a report", reported_lines == lines)
