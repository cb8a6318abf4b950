-- Tasks sleep and write into a buffer; the editor's timers, keys and commands are served meanwhile.

local neap = require "neap"
require("neap.hosts.uv").attach()

local api = vim.api
local ticks, is_deferred = 0, false
local timer = vim.fn.timer_start(2, function() ticks = ticks + 1 end, { ["repeat"] = -1 })
vim.defer_fn(function() is_deferred = true end, 20)

-- A task that sleeps for long is in nobody's way.
local sleeper = neap.spawn(neap.sleep, "1h")

local writer = neap.spawn(function()
  for i = 1, 20 do
    neap.sleep("2ms")
    api.nvim_buf_set_lines(0, -1, -1, true, { "line " .. i })
  end
end)

neap.spawn(neap.timeout, "30s", function()
  writer:wait()
  print("lines: " .. api.nvim_buf_line_count(0))

  -- Keys that are typed while tasks wait are the editor's.
  api.nvim_input("ggOtyped by hand<Esc>")
  while api.nvim_buf_get_lines(0, 0, 1, true)[1] ~= "typed by hand" do neap.sleep("2ms") end
  print("typed: " .. api.nvim_buf_get_lines(0, 0, 1, true)[1])
  while api.nvim_get_mode().mode ~= "n" do neap.yield() end
  api.nvim_input(":let g:tide = 'high'<CR>")
  while vim.g.tide == nil do neap.yield() end
  print("the tide is " .. vim.g.tide)

  -- In insert mode the editor waits for keys, and tasks run on.
  api.nvim_input("i")
  while api.nvim_get_mode().mode ~= "i" do neap.sleep("2ms") end
  neap.sleep("10ms")
  print("mode: " .. api.nvim_get_mode().mode)
  api.nvim_input("<Esc>")

  while ticks < 20 or not is_deferred do neap.sleep("2ms") end
  print("the editor's timers ran")
  vim.fn.timer_stop(timer)
  print("the sleeper still slept: " .. tostring(sleeper:cancel()))
  vim.cmd "qa!"
end)

print("the script is over, and the editor goes on")
