--- Reports of failures in Neovim: as notifications, where standard error would garble the screen.

local vm = require "neap.kernel.vm"

--- Shows a text to the user of the editor. Without a user interface, or in any other program, it is
-- written to standard error.
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
