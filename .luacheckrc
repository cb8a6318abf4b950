-- The library may use only what every Lua has.
std = "min"
max_line_length = 100

-- These two look for what a VM or a host may have.
local probes = {
  "bit32", "coroutine", "debug", "ffi", "gcinfo", "getfenv", "jit", "load", "loadstring", "love", "luv",
  "ngx", "package", "rawlen", "setfenv", "table", "unpack", "utf8", "vim", "warn", "_ENV",
}
files["lua/neap/vm.lua"].read_globals = probes
files["lua/neap/host.lua"].read_globals = probes

-- `neap run` gives scripts `task` and `arg`; an unused argument shows a reader what there is.
files["tests"] = {
  read_globals = { "task", "arg" },
  unused_args = false,
}
