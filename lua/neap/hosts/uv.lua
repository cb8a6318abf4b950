--- libuv as a host: luv's loop in any Lua, and Neovim's.
--
-- Either side may own the loop. Where neap does (in `neap.run`, in a wait of the host thread), the
-- host's sleep runs libuv's loop until an event or the deadline. Where libuv does (`uv.run()`, the
-- editor), `attach` has its callbacks run tasks.
--
-- libuv calls a prepare handle each time before it waits for events, hence after every callback
-- that could have made a task ready. There a tick runs, if there is something to do, and a timer is
-- set to the next deadline; an idle handle keeps libuv from waiting while tasks are ready. Timer
-- and idle handle keep the loop alive meanwhile; so does a check handle for one more round, in
-- which a task runs that the last callback of all made ready. In Neovim the tick is scheduled.

local clock = require "neap.kernel.clock"
local loop = require "neap.task.loop"
local notify = require "neap.hosts.notify"
local run = require "neap.task.run"
local runs = require "neap.kernel.runs"
local scheduler = require "neap.kernel.scheduler"
local uv_run = require "neap.hosts.uv_run"
local vm = require "neap.kernel.vm"

local ceil, error, huge, max, min, pcall, type =
  math.ceil, error, math.huge, math.max, math.min, pcall, type
local has_work, idle_time, refusal = loop.has_work, loop.idle_time, loop.refusal
local is_idle, state, LONGEST = scheduler.is_idle, runs.state, clock.LONGEST

local uv, editor ---@type any, any

local prepare, check, idle, timer ---@type any, any, any, any  the handles
local is_attached = false -- whether libuv drives the ticks
local is_sleeping = false -- whether neap drives libuv: it is in `host.sleep`
local armed = nil -- the deadline, or the sleep, that `timer` is set for, until that has come
local is_spinning = false -- whether `idle` is active
local is_scheduled = false -- whether a tick is, in the editor
local first_timer = huge -- the loop's time when the first of its timers is due, as the editor waits

---@class neap.hosts.uv: neap.Host
local host = {}

local function nothing() end


--- Finds libuv at the first use of the host: this file loads without it.
local function find(library)
  local vim = vm.global_value("vim")
  if type(vim) == "table" and (vim.uv or vim.loop) and vim.wait then
    uv, editor = vim.uv or vim.loop, vim
  else
    local require = vm.global_value("require")
    uv = library or require("luv") ---@diagnostic disable-line: unresolved-require
  end
end


--- How long a timer is to run, in milliseconds, so as never to be early: its time counts from that
-- of the loop, which stands still while a callback runs, and is cut to whole milliseconds.
local function delay(seconds)
  return max(0, ceil(uv.hrtime() / 1e6 - uv.now() + min(seconds, LONGEST) * 1000))
end


--- Keeps libuv from waiting for events, or lets it.
local function spin(must_spin)
  if must_spin == is_spinning then return end
  is_spinning = must_spin
  if must_spin then idle:start(nothing) else idle:stop() end
end


local function timer_is_over() armed = nil end

--- Has libuv come back at the next deadline.
local function arm()
  local deadline = state.timers:next_deadline()
  if deadline == armed then return end
  armed = deadline
  if deadline then
    timer:start(delay(deadline - clock.now()), 0, timer_is_over)
  else
    timer:stop()
  end
end


--- Runs what is ready or due.
local function tick()
  scheduler.wake_due()
  run.step()
end

--- libuv is about to wait for events. It may have served timers just before, also that of a sleep.
local function before_waiting()
  if is_sleeping then return spin(not armed or has_work()) end
  check:unref()
  if refusal() then return spin(false) end
  if idle_time() == 0 then tick() end
  spin(not is_idle())
  arm()
end

--- libuv has called back for events. As long as anything is alive, it has to come round once more:
-- the tasks that the last callbacks of this round make ready would not run otherwise.
local function after_events()
  if not refusal() and (uv.loop_alive() or not is_idle()) then check:ref() end
end


local function tick_in_editor()
  is_scheduled = false
  if not is_attached then return end
  spin(false)
  if refusal() then return end
  if idle_time() == 0 then tick() end
  arm()
end


--- The same in Neovim. What has been scheduled by now, by a timer or by this function, runs after
-- the wait for events, so that wait must not last.
local function before_waiting_in_editor()
  if is_sleeping then return spin(uv.now() >= first_timer) end
  spin(false)
  if is_scheduled or refusal() then return end
  if idle_time() ~= 0 then return arm() end
  is_scheduled = true
  editor.schedule(tick_in_editor)
  spin(true)
end


--- Makes the handles, if there are none, and has libuv call before it waits.
local function open()
  if not prepare then
    prepare, check, idle, timer = uv.new_prepare(), uv.new_check(), uv.new_idle(), uv.new_timer()
    prepare:unref()
  end
  prepare:start(editor and before_waiting_in_editor or before_waiting)
end


--- Whether Ctrl-C was pressed. Some releases look for it only at the end of a `vim.wait`, but every
-- evaluation does.
local function is_interrupted()
  local ok, err = pcall(editor.api.nvim_eval, "0")
  return not ok and type(err) == "string" and err:find("interrupt", 1, true) ~= nil
end


--- The host's sleep in Neovim, where the editor goes on. It asks before each event whether the wait
-- is over; the interval keeps it from asking in between, five times a second.
local function wait_in_editor(seconds)
  local interrupted = false
  local function is_over()
    interrupted = is_interrupted()
    spin(false)
    local left = uv.backend_timeout()
    first_timer = left and left >= 0 and uv.now() + left or huge
    return interrupted or has_work()
  end
  if seconds == 0 then is_over = nil end ---@diagnostic disable-line: assign-type-mismatch
  local time = ceil(min(seconds, LONGEST) * 1000)
  local _, reason = editor.wait(time, is_over, LONGEST * 1000)
  if interrupted or reason == -2 then error("interrupted", 0) end
end


--- The host's sleep elsewhere.
local function wait(seconds)
  armed = seconds
  if seconds > 0 and seconds < huge then timer:start(delay(seconds), 0, timer_is_over) end
  uv.run(seconds == 0 and "nowait" or "once")
  timer:stop()
  armed = nil
end


--- The system's time.
---@return number seconds
function host.now()
  if not uv then find() end
  return uv.hrtime() / 1e9
end


--- Runs libuv's loop until something has happened.
---@param seconds number
function host.sleep(seconds)
  if not uv then find() end
  open()
  is_sleeping = true
  local ok, err = pcall(editor and wait_in_editor or wait, seconds)
  if not is_attached then prepare:stop() end
  spin(false)
  is_sleeping = false
  if not ok then error(err, 0) end
end


--- Whether a callback of libuv's may still wake a task; in the editor, always.
---@return boolean
function host.pending()
  if not uv then find() end
  if editor then return true end
  if not is_attached then return uv.loop_alive() end
  -- neap owns the loop now: what it has set itself does not count.
  timer:stop()
  armed = nil
  spin(false)
  check:unref()
  local is_alive = uv.loop_alive()
  check:ref()
  if not is_alive then uv_run.over() end
  return is_alive
end


function host.report(text) return notify(editor, text) end


--- Has libuv run the tasks, from the callbacks of its loop; to be called when `neap.use` could be.
-- A script's `uv.run()` then returns when no task is ready, no deadline is set, and nothing else
-- keeps it alive. For tasks that are spawned after that, `attach` is called before the next one.
---@param library? table  luv; by default Neovim's, or what `require "luv"` gives
function host.attach(library)
  if not uv then find(library) end
  if not loop.use(host) and clock.host() ~= host then
    error("attempt to change the host of living tasks: call attach before the first one", 2)
  end
  if state.goal then uv_run.replace(uv) end
  open()
  is_attached = true
  if not editor then check:start(after_events) end
  check:ref()
end


--- Undoes `attach`, and closes the handles. Tasks that live wait for the next `attach`, or run when
-- neap owns the loop.
function host.detach()
  if not is_attached then return end
  uv_run.restore(uv)
  prepare:close()
  check:close()
  idle:close()
  timer:close()
  prepare, check, idle, timer = nil, nil, nil, nil
  is_attached, is_spinning, armed = false, false, nil
end

return host
