-- Where the VM refuses the wait of a scope (inside of a sort, in a handler of errors), its body is
-- never called: nobody would wait for it.
local neap = require "neap"

local function body(_, where)
  print("never printed", where)
  neap.sleep(100)
end

local _, err = pcall(table.sort, { 1, 2, 3 }, function() neap.scope(body, "in sort") end)
print("the VM's own error", err:match("attempt to yield across") ~= nil)
neap.yield()
print(#neap.tasks() .. " task is left")

neap.on_error(function() print(pcall(neap.scope, body, "in on_error")) end)
neap.spawn(error, "a failure", 0):detach()
neap.sleep(1)
print(#neap.tasks() .. " task is left")
