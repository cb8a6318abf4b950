--- Runs a script as `neap run --virtual-time` does, on any Lua and without Rust:
--
--     LUA_PATH="lua/?.lua" lua5.1 tests/standalone.lua tests/cases/NAME.lua
--
-- In each tick the scheduler's invariant is checked.

local neap = require "neap"
local program = require "neap.program"

if rawget(_G, "vim") then
  -- Neovim's print shows a message; a script's is to end on standard output like everywhere else.
  rawset(_G, "print", function(...)
    local texts = {}
    for i = 1, select("#", ...) do texts[i] = tostring((select(i, ...))) end
    io.stdout:write(table.concat(texts, "\t"), "\n")
  end)
end

dofile "tests/invariant.lua"
neap.use(require "neap.hosts.virtual")
local ok, text = program.run(assert(loadfile(arg[1])))
if text then io.stderr:write(text, "\n") end
os.exit(ok and 0 or 1)
