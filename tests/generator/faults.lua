--- Hosts, handlers and collectors that do what they should not.
--
-- Each is a function that gets a fault and the host. The fault has `random(n)`, the `world` of the
-- program, the clock's `time`, which may be changed, `call_neap()`, which calls any function that
-- may be called everywhere, and `is_on`, false once the program is over. The function may set
-- `on_tick` and `on_end` in it. The table that it returns has what is put in place of the host's
-- `now`, `sleep`, `pending` and `report`; `on_error`, a handler, or false for none; and `collects`,
-- whether the collector runs.

local neap = require "neap"

local faults = {}

--- A host's function that does something else, one time in so many.
local function sometimes(fault, often, other, usual)
  return function(...)
    if fault.is_on and fault.random(often) == 0 then return other(...) end
    return usual(...)
  end
end

function faults.now_jumps_back(fault, host)
  return { now = sometimes(fault, 4, function() return fault.time - fault.random(1000) end,
    host.now) }
end

function faults.now_jumps_years_ahead(fault, host)
  return { now = sometimes(fault, 200, function()
    fault.time = fault.time + 1e8
    return fault.time
  end, host.now) }
end

function faults.now_is_nan(fault, host)
  return { now = sometimes(fault, 8, function() return 0 / 0 end, host.now) }
end

function faults.now_raises(fault, host)
  return { now = sometimes(fault, 200, function() error("attempt to read a broken clock", 0) end,
    host.now) }
end

function faults.sleep_is_early(fault, host)
  return { sleep = sometimes(fault, 2, function(seconds)
    if seconds < math.huge then fault.time = fault.time + seconds / 4 end
  end, host.sleep) }
end

function faults.sleep_is_late(fault, host)
  return { sleep = sometimes(fault, 2, function(seconds)
    if seconds < math.huge then fault.time = fault.time + seconds * 5 + 1 end
  end, host.sleep) }
end

function faults.sleep_raises(fault, host)
  return { sleep = sometimes(fault, 8, function() error("attempt to sleep", 0) end, host.sleep) }
end

function faults.sleep_calls_neap(fault, host)
  return { sleep = sometimes(fault, 2, function(seconds)
    fault.call_neap()
    for _, fn in ipairs { neap.step, neap.yield } do
      local ok, err = pcall(fn)
      if ok or not tostring(err):find("already running", 1, true) then
        fault.world:complain("sleep may run what it may not: " .. tostring(err))
      end
    end
    return host.sleep(seconds)
  end, host.sleep) }
end

function faults.pending_lies(fault)
  return { pending = function() return fault.is_on and fault.random(3) > 0 end }
end

function faults.report_raises()
  return { report = function() error("attempt to report", 0) end, on_error = false }
end

local function handler(act)
  return function(fault)
    return { on_error = function(err)
      fault.world:seen(err)
      if fault.is_on then act(fault) end
    end }
  end
end

faults.on_error_raises = handler(function() error("attempt to handle", 0) end)
faults.on_error_waits = handler(function() neap.sleep(1) end)
faults.on_error_yields = handler(function() coroutine.yield() end)
faults.on_error_calls_neap = handler(function(fault) fault.call_neap() end)

--- Finalizers that the collector calls, with the collector always at work.
function faults.the_collector_calls_neap(fault)
  local newproxy = rawget(_G, "newproxy")
  local function litter()
    local function finalize()
      if not fault.is_on then return end
      fault.call_neap()
      if fault.random(2) == 0 then litter() end
    end
    if newproxy then
      getmetatable(newproxy(true)).__gc = finalize
    else
      setmetatable({}, { __gc = finalize })
    end
  end
  fault.on_tick = litter
  -- Not every Lua has these options.
  pcall(collectgarbage, "setpause", 1)
  pcall(collectgarbage, "setstepmul", 5000)
  function fault.on_end()
    pcall(collectgarbage, "setpause", 200)
    pcall(collectgarbage, "setstepmul", 200)
  end
  return { collects = true }
end

return faults
