-- detach lets a task go: its failure is reported when it happens, or at once if it has failed.
local neap = require "neap"

neap.on_error(function(err, failed)
  print("reported: " .. err, tostring(failed))
end)
local function fail(err)
  neap.sleep(1)
  error(err, 0)
end

local detached = neap.spawn(fail, "detached"):name("a")
print("detach", detached:detach(), detached:status())
local late = neap.spawn(fail, "detached later"):name("b")
neap.sleep(2)
print("main goes on")
print("detach", late:detach())
print("detach again", late:detach())

local awaited = neap.spawn(fail, "awaited"):name("c")
awaited:detach()
print("somebody waits for this one", pcall(awaited.wait, awaited))

local fine = neap.spawn(function() return "a result" end)
fine:detach()
print("a detached task can be waited for", fine:wait())
print("main ends")
