-- A cancelled task ends inside its pcalls: nothing is caught, only finalizers run.
local neap = require "neap"
local t = neap.spawn(function()
  neap.finally(print, "finalizer of the task")
  while true do
    print("caught:", pcall(function()
      print("caught inside:", pcall(function()
        neap.finally(print, "finalizer registered inside two pcalls")
        neap.sleep(10)
      end))
    end))
  end
end)
neap.sleep(1)
print("cancel: " .. tostring(t:cancel()))
print("wait:", pcall(t.wait, t))

local itself = neap.spawn(function()
  print(pcall(function()
    neap.current():cancel()
    neap.sleep(1)
  end))
  print("never printed")
end)
print("wait:", pcall(itself.wait, itself))
print("status: " .. t:status() .. ", " .. itself:status())
