-- Tasks wait for libuv's files and for the editor's jobs, and call `vim.api` right after.

local neap = require "neap"
require("neap.hosts.uv").attach()

local uv = vim.loop

local function job(command)
  local lines = {}
  local code = neap.callback(function(resume)
    vim.fn.jobstart(command, {
      stdout_buffered = true,
      on_stdout = function(_, data) lines = data end,
      on_exit = function(_, status) resume(status) end,
    })
  end)
  return code, lines[1]
end

local opened, all_are_open = 0, neap.event()

local function read(path)
  local err, file = neap.callback(uv.fs_open, path, "r", 420)
  if err then error(err, 0) end
  opened = opened + 1
  if opened == 3 then all_are_open:set() end
  all_are_open:wait()
  local _, stat = neap.callback(uv.fs_fstat, file)
  local _, text = neap.callback(uv.fs_read, file, stat.size, 0)
  neap.callback(uv.fs_close, file)
  return text
end

neap.spawn(function()
  local paths = { "LICENSE", "README.md", "Cargo.toml" }
  local tasks = {}
  for i, path in ipairs(paths) do tasks[i] = neap.spawn(read, path) end
  local texts = neap.all(tasks)
  print("open at once: " .. opened)
  for i, text in ipairs(texts) do
    local expected = table.concat(vim.fn.readfile(paths[i], "b"), "\n")
    print(paths[i] .. " is what it is: " .. tostring(text == expected))
  end
  vim.api.nvim_buf_set_lines(0, 0, -1, true, { "api" })
  print("first line: " .. vim.fn.getline(1))

  local slow = neap.spawn(job, { "sh", "-c", "sleep 0.2; echo ebb; exit 3" })
  print("quick:", job { "sh", "-c", "echo flood" })
  print("slow:", slow:wait())
  print(pcall(read, "none.txt"))
  vim.cmd "qa!"
end)
