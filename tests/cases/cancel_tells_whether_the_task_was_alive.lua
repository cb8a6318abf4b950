-- cancel is true once, for a task that was alive; false if it was dead, cancelled or finalizing.
local neap = require "neap"

local function show(label, job)
  print(label, job:cancel(), job:cancel())
end

show("pending", neap.spawn(print, "never printed"))
local sleeping = neap.spawn(neap.sleep, 1)
neap.yield()
show("suspended", sleeping)

local returned = neap.spawn(function() return "its result" end)
print(returned:wait())
show("returned", returned)
print("its result stays", returned:wait())

local failed = neap.spawn(error, "its error", 0)
print(pcall(failed.wait, failed))
show("failed", failed)
print("its error stays", pcall(failed.wait, failed))

local finalizing = neap.spawn(function()
  neap.finally(neap.sleep, 5)
  neap.finally(function()
    print("within its own finalizer", neap.current():cancel())
  end)
  return "fixed"
end)
neap.sleep(1)
print("while a finalizer waits", finalizing:cancel(), finalizing:status())
print("its outcome was fixed", finalizing:wait())

local closing = neap.spawn(function()
  neap.finally(neap.sleep, 5)
  neap.sleep(5)
end)
neap.yield()
show("cancelled, with a finalizer", closing)
print(closing:status(), closing:done())
print(pcall(closing.wait, closing))
