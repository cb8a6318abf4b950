-- The capacity is 64 by default, else a positive whole number, alone or in a table.
local async = require "ward.async"
local function count(ch)
  local sent = 0
  while ch:try_send(sent) do sent = sent + 1 end
  return sent
end
print("default: " .. count(async.channel()))
print("nil: " .. count(async.channel(nil)))
print("empty options: " .. count(async.channel({})))
print("a number: " .. count(async.channel(3)))
print("an option: " .. count(async.channel({ capacity = 5 })))
local function refuse(label, capacity)
  print(label, select(2, pcall(function() async.channel(capacity) end)))
end
refuse("zero", 0)
refuse("negative", -1)
refuse("a fraction", 1.5)
refuse("NaN", 0 / 0)
refuse("a string", "10")
refuse("zero as an option", { capacity = 0 })
refuse("a string as an option", { capacity = "10" })
