-- The library may use only what every Lua has.
std = "min"
max_line_length = 100

-- These two look for what a VM or a host may have.
for _, name in ipairs { "lua/neap/kernel/vm.lua", "lua/neap/hosts/default.lua" } do
  files[name].std = "max+love+ngx_lua"
  files[name].read_globals = { "luv", "vim", "warn" }
end

-- What editors read: functions without bodies.
files["lua/neap/types.lua"] = { unused_args = false }

-- `neap run` gives scripts `task` and `arg`; an unused argument shows a reader what there is.
files["tests"] = {
  read_globals = { "task", "arg" },
  unused_args = false,
}

-- Scripts for programs that have globals of their own.
files["tests/ports"] = { read_globals = { "ngx", "vim" }, globals = { "love" } }
files["tests/ports/haproxy"] = { std = "max", globals = { "core" } }
files["tests/ports/tarantool"] = { read_globals = { "box" } }
files["tests/ports/servers"] = { std = "max", read_globals = { "core" } }
