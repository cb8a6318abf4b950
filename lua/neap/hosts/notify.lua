--- Reports of failures in Neovim: a notification, in place of a text over the screen.

local vm = require "neap.kernel.vm"

--- Tells a text to whoever sits before the editor; with nobody there, to standard error.
---@param vim table?  Neovim's; nil in any other program
---@param text string
return function(vim, text)
  if not (vim and vim.notify and vim.in_fast_event) then return vm.write_error(text) end
  local function tell()
    if #vim.api.nvim_list_uis() == 0 then return vm.write_error(text) end
    vim.schedule(function() vim.notify(text, vim.log.levels.ERROR) end)
  end
  -- libuv's callbacks may not call most of `vim.api`.
  if vim.in_fast_event() then vim.schedule(tell) else tell() end
end
