-- A task that calls what handles events itself (vim.wait, a prompt) holds up the other tasks until
-- it is back, and the scheduler is not entered a second time.

local neap = require "neap"
require("neap.hosts.uv").attach()

neap.on_error(function(err)
  print("reported: " .. tostring(err))
  vim.cmd "cquit 2"
end)

local turns = 0
neap.spawn(function()
  while true do
    neap.sleep("1ms")
    turns = turns + 1
  end
end)

neap.spawn(function()
  neap.sleep("10ms")
  local before, is_over = turns, false
  vim.defer_fn(function() is_over = true end, 50)
  print("waited: " .. tostring(vim.wait(5000, function() return is_over end)))
  print("others meanwhile: " .. turns - before)

  vim.api.nvim_input("neap tide<CR>")
  print("answer: " .. vim.fn.input("Which? "))
  print("others meanwhile: " .. turns - before)

  while turns < before + 3 do neap.yield() end
  print("they go on")

  -- What runs in the editor's callbacks may not wait, unless it is in a task.
  vim.schedule(function()
    local spawned = neap.spawn(function() return neap.sleep("1ms") > 0 end)
    neap.spawn(function()
      print("spawned from a callback: " .. tostring(spawned:wait()))
      vim.cmd "qa!"
    end)
  end)
end)
