-- Whatever is raised arrives as it was: the same table, false, a number; wait or no wait before it.
local neap = require "neap"
local values = { { "a table" }, false, true, print, coroutine.create(function() end) }
local function raise(value, waits)
  if waits then neap.sleep(1) end
  error(value)
end
for _, waits in ipairs { 0, 1 } do
  for i = 1, #values do
    local ok, err = pcall(raise, values[i], waits == 1)
    print(type(values[i]) .. ":", ok, rawequal(err, values[i]))
  end
  local ok, err = pcall(raise, nil, waits == 1)
  print("nil:", ok, err == nil or type(err) == "string")
end
print(pcall(error, "a message without a position", 0))
print(pcall(function() error("a message at level 1") end))
local nested = select(2, pcall(function()
  local ok, err = pcall(raise, values[1], true)
  assert(not ok)
  error(err)
end))
print("raised again:", rawequal(nested, values[1]))
