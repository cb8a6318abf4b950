-- pcall of a value that is no function is an error like any other; what has __call is called.
local neap = require "neap"
for _, call in ipairs { pcall, neap.pcall } do
  for _, value in ipairs { "a string", 42, true, {} } do
    local ok, err = call(value)
    print(type(value) .. ":", ok, type(err))
  end
  local ok, err = call(nil)
  print("nil:", ok, type(err))
end
print(xpcall(nil, function(err) return "handled a " .. type(err) end))
local callable = setmetatable({}, { __call = function(self, ...)
  neap.sleep(1)
  return "called", ...
end })
print(pcall(callable, "with", "arguments"))
print(xpcall(callable, print, "with", "arguments"))
