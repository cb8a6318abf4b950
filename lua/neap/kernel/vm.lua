--- What differs between the Luas stands here and nowhere else.
--
-- Every question is answered by trying the thing, never by reading a version: a host may have taken
-- `debug`, `io` or `coroutine.close` away, and a Lua may have gained what its relatives lack. Where
-- something is missing, what needed it does less (a traceback is empty), and nothing breaks.

---@diagnostic disable: access-invisible, redundant-return-value
local own = require "neap.kernel.own"

local coroutine, error, pcall, rawequal, rawget, select, table, type =
  coroutine, error, pcall, rawequal, rawget, select, table, type
local is_own = own.is_own

--- The VM's own functions. nginx puts others in their place, which go through its event loop and
-- bind a thread to the request that makes it, and keeps the VM's under names that begin with "_".
local function own_function(name) return rawget(coroutine, "_" .. name) or coroutine[name] end

local create, resume, status, co_yield =
  own_function("create"), own_function("resume"), own_function("status"), own_function("yield")

--- What a function gives that may find nothing, or may not look for it.
local function attempt(fn)
  local ok, value = pcall(fn)
  return ok and value or nil
end

local globals = attempt(function() return _G end) or attempt(function() return getfenv(0) end) or {}

--- A global that may be missing, read without waking a strict-globals library.
---@param name string
---@return any
local function global_value(name) return rawget(globals, name) end

local debug = global_value("debug")
local vm = {
  global_value = global_value,
  coroutine = { create = create, resume = resume, status = status, yield = co_yield },
}

--- The VM's own coroutine.running, whatever is put in its place.
vm.running = coroutine.running

--- Sets a global, past any strict-globals library.
---@param name string
function vm.set_global(name, value) rawset(globals, name, value) end

vm.unpack = table.unpack or unpack

--- Compiles a text, as a chunk of that name; nil where a host has taken that away.
---@type nil|fun(text: string, name: string): function?
vm.load = global_value("loadstring") or global_value("load")

--- Packs its arguments, nils included.
---@return table packed  with the count in `n`
function vm.pack(...) return { n = select("#", ...), ... } end

--- Makes a thread for anything that can be called (coroutine.create takes no more than functions,
-- and on 5.1 only those written in Lua).
function vm.create(fn)
  local ok, thread = pcall(create, fn)
  return ok and thread or create(function(...) return fn(...) end)
end

--- Makes a thread for a function.
---@type fun(fn: function): thread
vm.create_for_function = pcall(create, select) and create or vm.create

do
  local probe = create(function() return pcall(co_yield) end)
  resume(probe)
  --- Whether the VM's own pcall lets a coroutine yield through it (not so on PUC Lua 5.1).
  vm.yieldable_pcall = status(probe) == "suspended"
end

local native_xpcall = xpcall
local _, passed_on = native_xpcall(select, function() end, "#", 1, 2)

--- The VM's own xpcall, which passes arguments on.
vm.xpcall = passed_on == 2 and native_xpcall or function(fn, handler, ...)
  local packed = vm.pack(...)
  return native_xpcall(function() return fn(vm.unpack(packed, 1, packed.n)) end, handler)
end

--- Whether a coroutine can be asked if it may yield.
vm.knows_yieldable = coroutine.isyieldable ~= nil

--- Whether the running coroutine may yield here. True where the VM cannot tell: the yield itself
--- will raise then.
vm.can_yield = coroutine.isyieldable or function() return true end

local close = coroutine.close

--- Whether threads can be closed.
vm.can_close = close ~= nil

--- Ends a thread that will not be resumed again, running its to-be-closed variables where there are
--- such.
---@param thread thread  suspended or dead
---@return any err  what a to-be-closed variable raised
function vm.close(thread)
  if close and status(thread) == "suspended" then return close(thread) end
  return true
end

--- Runs the to-be-closed variables of a thread that an error has ended; its own error is dropped.
---@param thread thread  dead
---@param err any  the error that ended it
---@return any err  another error, raised while closing
function vm.close_failed(thread, err)
  if not close then return true end
  local ok, raised = close(thread)
  return ok or rawequal(raised, err), raised
end

local raw_traceback = debug and debug.traceback

--- The stack of a thread, without the lines of neap's own files; "" where there is no debug
-- library.
---@param thread? thread  the running one if absent
---@param level? integer  where to begin
---@param err? any  the error that has ended the thread
function vm.traceback(thread, level, err)
  if not raw_traceback then return "" end
  if not thread then return own.strip_traceback(raw_traceback("", (level or 1) + 1), err) end
  -- LuaJIT's own raises now and then where the thread has come to the end of its stack.
  local ok, text = pcall(raw_traceback, thread, "", level or 0)
  return ok and own.strip_traceback(text, err) or ""
end

--- Whether an error says no more than that a thread could not be resumed, for somebody had closed
-- it.
function vm.was_closed(thread, err)
  return close ~= nil and err == "cannot resume dead coroutine" and vm.traceback(thread) == ""
end

--- Whether a value is the VM's own debug.traceback.
function vm.is_traceback(value) return value ~= nil and value == raw_traceback end

--- Whether a thread is suspended in neap's own code; true where the VM cannot tell.
function vm.is_suspended_here(thread)
  if status(thread) ~= "suspended" then return false end
  if vm.knows_yieldable or not raw_traceback then return true end
  for line in raw_traceback(thread):gmatch("\n%s*([^\n]+)") do
    if line:sub(1, 4) ~= "[C]:" then return is_own(line) end
  end
  return true
end

--- Where a function begins, as "file:line"; nil where unknown.
function vm.definition(fn)
  if type(fn) ~= "function" or not debug then return nil end
  local file, line
  if debug.getinfo then
    local info = debug.getinfo(fn, "S")
    file, line = info.short_src, info.linedefined
  elseif debug.info then
    file, line = debug.info(fn, "sl")
  end
  if not line or line < 0 or is_own(file .. ":" .. line) then return nil end
  return file .. ":" .. line
end

--- Replaces a function of the global table `coroutine`.
function vm.set_in_coroutine(name, fn) rawset(coroutine, name, fn) end

--- Replaces debug.traceback in the globals, where there is one.
function vm.set_traceback(traceback)
  if debug and debug.traceback then debug.traceback = traceback end
end

--- What all copies of neap in this Lua share: a list, where there is a place for one.
---@return table?
function vm.copies()
  local package = global_value("package")
  local loaded = type(package) == "table" and package.loaded
  if type(loaded) ~= "table" then return nil end
  local copies = rawget(loaded, "neap.copies") or setmetatable({}, { __mode = "v" })
  rawset(loaded, "neap.copies", copies)
  return copies
end

--- Makes an object; fn is called when that has been collected, or when this Lua is closed: 5.1 and
-- LuaJIT can tell by a userdata, 5.2 and later by a table; Luau calls nobody.
function vm.new_guard(fn)
  local ok, proxy = pcall(global_value("newproxy"), true)
  if not ok then return setmetatable({}, { __gc = fn }) end
  getmetatable(proxy).__gc = fn
  return proxy
end

--- Has fn called when this Lua is closed, where it can tell.
function vm.on_close(fn) vm.at_close = vm.new_guard(fn) end

--- Has what was printed before come out before a report does: a pipe may hold it back.
function vm.flush_output()
  local io = global_value("io")
  if io and io.stdout then pcall(io.stdout.flush, io.stdout) end
end

--- Writes a line to standard error, or to whatever this host has in its place.
---@param text string
function vm.write_error(text)
  local io = global_value("io")
  if io and io.stderr then
    io.stderr:write(text, "\n")
  else
    -- A sandbox may have a print, and no _G to find it in.
    pcall(function() print(text) end)
  end
end

--- Raises what the VM says where it refuses a yield. (LuaJIT puts the caller's position before it,
-- which would be one of neap's lines, unless a pcall is the caller.)
function vm.refuse_yield()
  local _, refusal = pcall(co_yield)
  error(refusal, 0)
end

--- Whether an error is what VMs say where they refuse a yield. (On LuaJIT that of a task begins
-- with a line of the scheduler's, until neap sees it: a yield by way of a pcall is 15 % slower.)
function vm.is_refused_yield(err)
  return type(err) == "string" and err:find("attempt to yield across", 1, true) ~= nil
end

return vm
