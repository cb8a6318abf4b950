--- The clock and the sleep, where nobody has called `neap.use`: the first that this program has.
--
-- Each probe is careful: globals may be strict, `require` may be missing or may raise, and a name
-- may stand for something else. Every host but the last sleeps without using the processor; the
-- last has nothing but `os.clock`, and waits busily.

---@diagnostic disable: assign-type-mismatch, need-check-nil, return-type-mismatch
local clock = require "neap.kernel.clock"
local haproxy = require "neap.hosts.haproxy"
local luasocket = require "neap.hosts.luasocket"
local nginx = require "neap.hosts.nginx"
local tarantool = require "neap.hosts.tarantool"
local uv_host = require "neap.hosts.uv"
local vm = require "neap.kernel.vm"

local error, huge, min, pcall, tonumber, type = error, math.huge, math.min, pcall, tonumber, type
local global_value = vm.global_value

local LONGEST = clock.LONGEST


local function global_table(name)
  local value = global_value(name)
  return type(value) == "table" and value or nil
end


local function try_require(name)
  local require = global_value("require")
  if not require then return nil end
  local ok, module = pcall(require, name)
  return ok and type(module) == "table" and module or nil
end


--- Seconds, a day of them at most, as whole milliseconds, rounded up.
local function milliseconds(seconds)
  local exact = min(seconds, LONGEST) * 1000
  return exact - exact % 1 + (exact % 1 > 0 and 1 or 0)
end


local function love_timer(timer)
  return {
    now = timer.getTime,
    sleep = function(seconds) timer.sleep(min(seconds, LONGEST)) end,
  }
end


--- Declares functions of the system under names of our own, for another library may have declared
-- theirs with other types. It is no error if an earlier load of this file has declared them.
local function declare(ffi, text)
  pcall(ffi.cdef, text)
end


local function ffi_posix(ffi, monotonic)
  declare(ffi, [[
    int neap_clock_gettime(int clock, long *time) __asm__("clock_gettime");
    int neap_nanosleep(const long *time, long *rest) __asm__("nanosleep");
  ]])
  local system, time = ffi.C, ffi.new("long[2]")
  return {
    now = function()
      system.neap_clock_gettime(monotonic, time)
      return tonumber(time[0]) + tonumber(time[1]) / 1e9
    end,
    sleep = function(seconds)
      seconds = min(seconds, LONGEST)
      time[0], time[1] = seconds - seconds % 1, seconds % 1 * 1e9
      system.neap_nanosleep(time, nil)
    end,
  }
end


local function ffi_windows(ffi)
  declare(ffi, [[
    int neap_counter(int64_t *count) __asm__("QueryPerformanceCounter");
    int neap_frequency(int64_t *frequency) __asm__("QueryPerformanceFrequency");
    void neap_sleep(uint32_t milliseconds) __asm__("Sleep");
  ]])
  local system, count = ffi.load("kernel32"), ffi.new("int64_t[1]")
  system.neap_frequency(count)
  local frequency = tonumber(count[0])
  return {
    now = function()
      system.neap_counter(count)
      return tonumber(count[0]) / frequency
    end,
    sleep = function(seconds) system.neap_sleep(milliseconds(seconds)) end,
  }
end


local function ffi_host()
  local jit = global_table("jit")
  local ffi = jit and try_require("ffi")
  if not ffi then return nil end
  if jit.os == "Windows" then return ffi_windows(ffi) end
  local monotonic = jit.os == "OSX" and 6 or jit.os == "Linux" and 1 -- CLOCK_MONOTONIC
  return monotonic and ffi_posix(ffi, monotonic) or nil
end


--- A host with nothing but `os.clock`: that counts the processor time which this program has used,
-- so a sleep has to compute all the while.
local function busy(now)
  return {
    now = now,
    sleep = function(seconds)
      if seconds == huge then error("a busy clock cannot sleep for ever", 0) end
      local deadline = now() + seconds
      while now() < deadline do end
    end,
  }
end


--- Picks a host.
---@return neap.Host
-- Raises where there is no clock at all.
return function()
  local vim, ngx, love = global_table("vim"), global_table("ngx"), global_table("love")
  local core = global_table("core")
  if vim and (vim.uv or vim.loop) and vim.wait then return uv_host end
  if ngx and ngx.sleep then return nginx end
  if global_value("_TARANTOOL") and try_require("fiber") then return tarantool end
  if core and core.msleep and core.register_task then return haproxy end
  if love and love.timer then return love_timer(love.timer) end
  local uv = try_require("luv")
  if uv and uv.hrtime then return uv_host end
  local socket = try_require("socket")
  if socket and socket.gettime then return luasocket end
  local ok, host = pcall(ffi_host)
  if ok and host then return host end
  local os = global_table("os")
  if os and os.clock then return busy(os.clock) end
  error("no clock: call neap.use(host) first", 0)
end
