-- nil, NaN, negative, infinite and absurd times count as 0: the others run, no time passes.
local odd = {
  { "nil", nil }, { "NaN", 0 / 0 }, { "minus one", -1 }, { "infinite", math.huge },
  { "minus infinite", -math.huge }, { "2^64", 2 ^ 64 }, { "1e300", 1e300 }, { "zero", 0 },
}
local neap = require "neap"
for i = 1, #odd do
  local others = 0
  neap.spawn(function() others = others + 1 end)
  local passed = task.wait(odd[i][2])
  print(("%s: %g seconds, others ran: %d"):format(odd[i][1], passed, others))
end
for i = 1, #odd do
  task.delay(odd[i][2], function() print("delayed by " .. odd[i][1]) end)
end
local start = task.wait(1)
print(("then the clock moves again: %g"):format(start))
