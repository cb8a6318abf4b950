-- pcalls may nest 150 deep, with a wait and an error at the bottom.
local neap = require "neap"
local function nest(pcall, depth)
  if depth == 0 then
    neap.sleep(1)
    error({ raised = "at the bottom" })
  end
  local ok, result = pcall(nest, pcall, depth - 1)
  if ok then return result + 1 end
  neap.yield()
  return 1, result
end
for _, name in ipairs { "pcall", "neap.pcall" } do
  local pcall = name == "pcall" and pcall or neap.pcall
  print("script, " .. name .. ": " .. nest(pcall, 150))
  print("task, " .. name .. ": " .. neap.spawn(nest, pcall, 150):wait())
end
local function waits_at_each(depth)
  neap.sleep(1)
  if depth > 0 then return select(2, pcall(waits_at_each, depth - 1)) end
  return "waited at each level"
end
print(neap.spawn(waits_at_each, 150):wait())
