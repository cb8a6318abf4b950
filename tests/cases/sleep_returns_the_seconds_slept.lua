-- sleep takes seconds or a text such as "1h30m", and tells how long it took.
local neap = require "neap"

for _, duration in ipairs {
  0, 0.25, 3, "250ms", "1.5s", "2m", "1h30m", "1m30s", "90s", "1h1m1s1ms", "0s",
} do
  print(tostring(duration) .. " took " .. ("%.6g"):format(neap.sleep(duration)) .. " s")
end
print(select("#", neap.sleep(1)) .. " result")

-- Others run meanwhile.
local log = {}
neap.spawn(function()
  for i = 1, 3 do
    neap.sleep(1)
    log[i] = "tick " .. i
  end
end)
neap.sleep(3.5)
print(table.concat(log, ", "))
