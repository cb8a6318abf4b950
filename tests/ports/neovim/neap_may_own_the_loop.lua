-- `neap.run` in a script of the editor's: it waits, and the editor goes on.

local neap = require "neap"
local host = require "neap.hosts.uv"

local function try(what)
  print(what)
  local future = neap.future()
  vim.defer_fn(function() future:resolve(vim.fn.bufnr()) end, 20)
  print("from the editor: " .. neap.run(function() return future:wait() end))

  -- The script itself waits: it is woken at once, not at the next deadline.
  local sleeper = neap.spawn(neap.sleep, "1h")
  future = neap.future()
  vim.defer_fn(function() future:resolve("woken") end, 20)
  print("the script is " .. future:wait())

  -- Also by a timer that is due as the wait begins.
  future = neap.future()
  vim.defer_fn(function() future:resolve("woken at once") end, 1)
  local start = vim.loop.hrtime()
  while vim.loop.hrtime() - start < 5e6 do end
  print("the script is " .. future:wait())
  sleeper:cancel()

  -- Tasks that are busy hold up neither timers nor keys.
  neap.run(function()
    local is_over = false
    vim.defer_fn(function() is_over = true end, 5)
    while not is_over do neap.yield() end
  end)
  print("busy tasks hold up no timer")

  -- Ctrl-C ends a wait at once, also one that would last.
  start = vim.loop.hrtime()
  vim.defer_fn(function() vim.api.nvim_input("<C-c>") end, 20)
  print(pcall(neap.run, neap.sleep, "1h"))
  print("at once: " .. tostring(vim.loop.hrtime() - start < 5e9))
  for _, task in ipairs(neap.tasks()) do task:cancel() end

  local ok, err = pcall(neap.run, neap.timeout, "10ms", neap.sleep, "1h")
  print(ok, err)
end

try("not attached")
host.attach()
try("attached")

neap.spawn(function()
  neap.sleep("5ms")
  print("in the editor's loop")
  host.detach()
  vim.cmd "qa!"
end)
