-- Prints in every way that there is.
local neap = require "neap"
for i = 1, 2 do neap.spawn(print, i) end
neap.yield()
if io then
  assert(io.write("written"))
  assert(io.stdout:write("written"))
  assert(io.output():write("written"))
  assert(io.type(io.stdout) == "file" and io.output() == io.stdout and io.stdout:flush())
end
