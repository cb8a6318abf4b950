-- The error that comes through a select is the arm's own value; the traceback tells which arm it
-- was.
local neap = require "neap"

local err = {}
local function fail() error(err) end
for _, wait in ipairs { 0, 1 } do
  local choosing = neap.spawn(function()
    local arm = neap.spawn(fail)
    neap.sleep(wait)
    return neap.select { neap.future(), arm, neap.timer(5) }
  end)
  local _, raised = pcall(choosing.wait, choosing)
  print(raised == err, (choosing:traceback():match("waited for by task %d+, (arm %d of a select)")))
end
