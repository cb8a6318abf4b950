-- When the run ends, on_error hears of each task that failed and was not waited for, in order.
local neap = require "neap"

local kept = {}
neap.on_error(function(err, failed)
  print("reported", type(err) == "table" and err.code or err, tostring(failed))
end)

local function fail(err)
  neap.yield()
  error(err, 0)
end
for i, err in ipairs { "one", { code = "two" }, "three", "four", "five", false } do
  kept[i] = neap.spawn(fail, err):name("failing " .. i)
end
neap.sleep(1)
print("all have failed; nothing is reported yet")
print("waited for the first", pcall(kept[1].wait, kept[1]))
print("selected the third", pcall(neap.select, { kept[3] }))
neap.spawn(function() print("awaited the fifth", pcall(neap.await, kept[5])) end)
print("looking at the second is not seeing its error", kept[2]:status(), kept[2]:cancel())
neap.sleep(1)
print("main ends")
