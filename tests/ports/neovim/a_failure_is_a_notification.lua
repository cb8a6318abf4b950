-- A failure that nobody waited for is a notification of the editor's. Here a second editor, with a
-- screen that this one keeps, has it.
local path = vim.fn.fnamemodify("lua", ":p") .. "?.lua"
local words = { "nvim", "--embed", "-u", "NONE", "-i", "NONE", "-n" }
local editor = vim.fn.jobstart(words, { rpc = true })
local function ask(...) return vim.rpcrequest(editor, ...) end

ask("nvim_ui_attach", 80, 24, {})
ask("nvim_exec_lua", [[
  package.path = ... .. ";" .. package.path
  told = {}
  vim.notify = function(text, level) told[#told + 1] = { text, level == vim.log.levels.ERROR } end
  local neap = require "neap"
  require("neap.hosts.uv").attach()
  neap.spawn(function()
    neap.callback(vim.loop.fs_stat, ".")
    error("no tide", 0)
  end):name("ferry"):detach()
]], { path })
vim.wait(5000, function() return ask("nvim_exec_lua", "return #told", {}) > 0 end, 10)
local told = ask("nvim_exec_lua", "return told[1]", {})
print(told[1]:match("^[^\n]*"), told[2])
vim.fn.jobstop(editor)
vim.cmd "qa!"
