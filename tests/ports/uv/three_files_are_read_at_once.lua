-- Three tasks read a file each, through libuv's own functions, which call back.

local neap, uv = require "neap", require "luv"
require("neap.hosts.uv").attach()

local function check(err, ...)
  if err then error(err, 0) end
  return ...
end

local opened, all_are_open = 0, neap.event()

local function read(path)
  local file = check(neap.callback(uv.fs_open, path, "r", 420))
  opened = opened + 1
  if opened == 3 then all_are_open:set() end
  all_are_open:wait()
  local stat = check(neap.callback(uv.fs_fstat, file))
  local text = check(neap.callback(uv.fs_read, file, stat.size, 0))
  check(neap.callback(uv.fs_close, file))
  return text
end

local paths = { "LICENSE", "README.md", "Cargo.toml" }
local tasks = {}
for i, path in ipairs(paths) do tasks[i] = neap.spawn(read, path) end

neap.spawn(function()
  local texts = neap.all(tasks)
  print("open at once: " .. opened)
  for i, path in ipairs(paths) do
    local file = assert(io.open(path, "rb"))
    print(path .. " is what it is: " .. tostring(texts[i] == file:read("*a") and #texts[i] > 0))
    file:close()
  end
  print(neap.pcall(read, "none.txt"))
end)

uv.run()
print("the loop has ended, tasks alive: " .. #neap.tasks())
