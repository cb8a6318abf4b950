-- Stages joined by bounded channels: each closes its output when its input has ended.
local neap = require "neap"

local function stage(input, work)
  local output = neap.channel(1)
  neap.spawn(function()
    neap.finally(output.close, output)
    input:each(function(value) output:send(work(value)) end)
  end)
  return output
end

local numbers = neap.channel(1)
neap.spawn(function()
  for i = 1, 5 do
    numbers:send(i)
    print("  made " .. i)
  end
  numbers:close()
end)
local squares = stage(numbers, function(n)
  neap.sleep(1)
  return n * n
end)
local texts = stage(squares, function(n) return "<" .. n .. ">" end)
texts:each(print)
print("the end is reached")
