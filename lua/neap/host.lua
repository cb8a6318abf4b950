--- The clock and the sleep, where nobody has called `neap.use`: the first that this program has.
--
-- Each probe is careful: globals may be strict, `require` may be missing or may raise.

local vm = require "neap.vm"

local error, huge, min, pcall, tonumber, type = error, math.huge, math.min, pcall, tonumber, type
local global_value = vm.global_value

---@class neap.Host
---@field now fun(): number  seconds on a clock that never runs backwards, with fractions
---@field sleep? fun(seconds: number)  blocks for at most so long (or math.huge); may return early
---@field pending? fun(): boolean  whether something outside may still wake a task

--- The longest single sleep that is asked of a system call, in seconds.
local LONGEST = 86400


local function try_require(name)
  local require = global_value("require")
  if not require then return nil end
  local ok, module = pcall(require, name)
  return ok and type(module) == "table" and module or nil
end


local function milliseconds(seconds)
  local exact = min(seconds, LONGEST) * 1000
  return exact - exact % 1 + (exact % 1 > 0 and 1 or 0)
end


--- libuv's loop, in Neovim or by luv: a timer that ends the sleep, while the loop serves its
-- others.
local function libuv(uv)
  local timer
  return {
    now = function() return uv.hrtime() / 1e9 end,
    sleep = function(seconds)
      timer = timer or uv.new_timer()
      timer:start(milliseconds(seconds), 0, function() end)
      uv.run("once")
      timer:stop()
    end,
  }
end


local function neovim(vim)
  local uv = vim.uv or vim.loop
  return {
    now = function() return uv.hrtime() / 1e9 end,
    sleep = function(seconds)
      vim.wait(milliseconds(seconds), function() return false end)
    end,
  }
end


local function openresty(ngx)
  return {
    now = function()
      ngx.update_time()
      return ngx.now()
    end,
    sleep = function(seconds) ngx.sleep(min(seconds, LONGEST)) end,
  }
end


local function love_timer(timer)
  return {
    now = timer.getTime,
    sleep = function(seconds) timer.sleep(min(seconds, LONGEST)) end,
  }
end


local function luasocket(socket)
  return {
    now = socket.gettime,
    sleep = function(seconds) socket.sleep(min(seconds, LONGEST)) end,
  }
end


local function ffi_posix(ffi, monotonic)
  ffi.cdef [[
    typedef struct { long seconds; long nanoseconds; } neap_timespec;
    int clock_gettime(int clock, neap_timespec *time);
    int nanosleep(const neap_timespec *time, neap_timespec *rest);
  ]]
  local system, time = ffi.C, ffi.new("neap_timespec")
  return {
    now = function()
      system.clock_gettime(monotonic, time)
      return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
    end,
    sleep = function(seconds)
      seconds = min(seconds, LONGEST)
      time.seconds = seconds - seconds % 1
      time.nanoseconds = seconds % 1 * 1e9
      system.nanosleep(time, nil)
    end,
  }
end


local function ffi_windows(ffi)
  ffi.cdef [[
    int QueryPerformanceCounter(int64_t *count);
    int QueryPerformanceFrequency(int64_t *frequency);
    void Sleep(uint32_t milliseconds);
  ]]
  local system, count = ffi.load("kernel32"), ffi.new("int64_t[1]")
  system.QueryPerformanceFrequency(count)
  local frequency = tonumber(count[0])
  return {
    now = function()
      system.QueryPerformanceCounter(count)
      return tonumber(count[0]) / frequency
    end,
    sleep = function(seconds) system.Sleep(milliseconds(seconds)) end,
  }
end


local function ffi_host()
  local jit = global_value("jit")
  local ffi = jit and try_require("ffi")
  if not ffi then return nil end
  if jit.os == "Windows" then return ffi_windows(ffi) end
  local monotonic = jit.os == "OSX" and 6 or jit.os == "Linux" and 1
  return monotonic and ffi_posix(ffi, monotonic) or nil
end


--- The processor's time, and a sleep that uses all of it.
local function busy(clock)
  return {
    now = clock,
    sleep = function(seconds)
      if seconds == huge then error("a busy clock cannot sleep for ever", 0) end
      local deadline = clock() + seconds
      while clock() < deadline do end
    end,
  }
end


--- Picks a host. Raises where there is no clock at all.
---@return neap.Host
return function()
  local vim, ngx = global_value("vim"), global_value("ngx")
  local love, os = global_value("love"), global_value("os")
  if vim and (vim.uv or vim.loop) and vim.wait then return neovim(vim) end
  local uv = try_require("luv")
  if uv then return libuv(uv) end
  if ngx and ngx.sleep then return openresty(ngx) end
  if love and love.timer then return love_timer(love.timer) end
  local socket = try_require("socket")
  if socket and socket.gettime then return luasocket(socket) end
  local ok, host = pcall(ffi_host)
  if ok and host then return host end
  if os and os.clock then return busy(os.clock) end
  error("no clock: call neap.use(host) first", 0)
end
