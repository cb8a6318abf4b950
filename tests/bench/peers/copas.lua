-- neap beside copas 1.2, as Debian has it, for Lua 5.1 and 5.2. It has no yield, sleep, join or
-- channel: its tasks wait for sockets and for nothing else. So both do the same work in one
-- process, turn by turn, in the cheapest way that each has.
--
-- switch  100 tasks that let each other run: neap.yield(), and a wait until a socket can be written
--         to, which it always can. Each task has a socket of its own, so that copas asks the system
--         once for all of them
-- spawn   batches of 100 functions that switch once. copas cannot join: its loop turns until all
--         have counted themselves

local copas = require "copas"
local socket = require "socket"
local neap = require "neap"
local measure = require "./measure"

local tasks = 100

--- Something that copas can connect: it is told to wait until the socket can be written to, and
-- then that all is done.
local function connection(udp)
  local is_asked = false
  return {
    getfd = function() return udp:getfd() end,
    settimeout = function() end,
    connect = function()
      is_asked = not is_asked
      if is_asked then return nil, "timeout" end
      return 1
    end,
  }
end

local connections = {}
for i = 1, tasks do
  local udp = assert(socket.udp())
  assert(udp:setsockname("127.0.0.1", 0))
  connections[i] = connection(udp)
end
copas.autoclose = false

do
  local switches = 100
  local function theirs()
    local alive = tasks
    for i = 1, tasks do
      copas.addthread(function()
        for _ = 1, switches do copas.connect(connections[i]) end
        alive = alive - 1
      end)
    end
    while alive > 0 do copas.step() end
  end
  local function ours()
    local spawned = {}
    for i = 1, tasks do
      spawned[i] = neap.spawn(function()
        for _ = 1, switches do neap.yield() end
      end)
    end
    for i = 1, tasks do spawned[i]:wait() end
  end
  measure.race("copas", "switch by yield, 100 tasks", tasks * switches, theirs, ours)
end

do
  local batches = 50
  local function theirs()
    for _ = 1, batches do
      local alive = tasks
      for i = 1, tasks do
        copas.addthread(function()
          copas.connect(connections[i])
          alive = alive - 1
        end)
      end
      while alive > 0 do copas.step() end
    end
  end
  local function ours()
    local spawned = {}
    for _ = 1, batches do
      for i = 1, tasks do spawned[i] = neap.spawn(neap.yield) end
      for i = 1, tasks do spawned[i]:wait() end
    end
  end
  measure.race("copas", "spawn, switch once, join all", tasks * batches, theirs, ours)
end
