-- Where the VM refuses the wait of a `timeout` (inside of a sort, in a handler of errors), its
-- function is never called: nobody would end it in time.
local neap = require "neap"

local function slow(where)
  print("never printed", where)
  neap.sleep(100)
end

local _, err = pcall(table.sort, { 1, 2, 3 }, function() neap.timeout(1, slow, "in sort") end)
print("the VM's own error", err:match("attempt to yield across") ~= nil)
neap.yield()
print(#neap.tasks() .. " task is left")

neap.on_error(function() print(pcall(neap.timeout, 1, slow, "in on_error")) end)
neap.spawn(error, "a failure", 0):detach()
neap.sleep(1)
print(#neap.tasks() .. " task is left")

-- The next ones do as ever.
print(neap.timeout(1, function(...) return ... end, "in time", nil, 3))
print(pcall(neap.timeout, 1, neap.sleep, 2))
