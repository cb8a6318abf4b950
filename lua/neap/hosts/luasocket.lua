--- LuaSocket as a host: it sleeps in `socket.select`, over the sockets that tasks wait for.
--
--     local sockets = require "neap.hosts.luasocket"
--     neap.use(sockets)
--
-- `readable(socket)` and `writable(socket)` wait like everything else that waits: in a task or in
-- the host thread, within a `timeout`, cancelled without a trace. The sockets that are waited for
-- stand in arrays from which one that nobody waits for any more is taken by putting the last in its
-- place, so that a sleep hands them to the system as they are. Each has a list of those who wait;
-- the lists beyond the last socket are empty, and serve the next ones.
--
-- A loop of somebody else's that calls `neap.step()` calls `sleep(0)` of this host before it, and
-- so asks for the sockets' events.

local awaitable = require "neap.awaitable"
local check = require "neap.check"
local scheduler = require "neap.scheduler"
local vm = require "neap.vm"
local Waiters = require "neap.waiters"

local huge, min, setmetatable, type = math.huge, math.min, setmetatable, type

--- The longest single sleep that is asked of the system, in seconds.
local LONGEST = 86400

local library, select, largest, counts_sockets


--- Finds LuaSocket at the first use of the host: this file loads without it.
local function find()
  local require = vm.global_value("require")
  library = require("socket")
  select, largest = library.select, library._SETSIZE or 1024
  -- What fits into a set is limited by the descriptors' values, but on Windows by their number.
  local package = vm.global_value("package")
  counts_sockets = type(package) == "table" and (package.config or "/"):sub(1, 1) == "\\"
end


--- The place of those who wait for an event of sockets.
---@class neap.Sockets
---@field count integer
---@field sockets table[]  each socket once, as `socket.select` takes them
---@field private lists neap.Waiters[]  who waits for the socket in that slot
---@field private slots table<table, integer>
---@field private event string
local Sockets = {}
Sockets.__index = Sockets


local function new(event)
  return setmetatable({ count = 0, sockets = {}, lists = {}, slots = {}, event = event }, Sockets)
end


function Sockets:park(waiter, socket)
  local slot = self.slots[socket]
  if not slot then
    slot = self.count + 1
    self.count, self.slots[socket], self.sockets[slot] = slot, slot, socket
    if not self.lists[slot] then self.lists[slot] = Waiters.new(self) end
  end
  self.lists[slot]:park(waiter, socket)
  waiter.parked = self
end


function Sockets:remove(waiter)
  local socket, slots, lists, sockets = waiter.value, self.slots, self.lists, self.sockets
  local slot = slots[socket]
  local list = lists[slot]
  list:remove(waiter)
  waiter.value = nil
  if list.first then return end
  local count = self.count
  local last = sockets[count]
  sockets[slot], lists[slot], slots[last] = last, lists[count], slot
  sockets[count], lists[count], slots[socket] = nil, list, nil
  self.count = count - 1
end


--- Wakes all who wait for a socket. One of them may be in a `select` that waits for it twice.
function Sockets:wake(socket)
  local slot = self.slots[socket]
  while slot do
    local waiter = self.lists[slot].first
    self:remove(waiter)
    waiter:wake(nil, true)
    slot = self.slots[socket]
  end
end


--- Wakes all who wait for a socket that has been closed: the system would never name it.
---@return boolean woken  whether there was one
function Sockets:wake_closed()
  local sockets, woken = self.sockets, false
  for slot = self.count, 1, -1 do
    local socket = sockets[slot]
    if socket and socket:getfd() < 0 then
      self:wake(socket)
      woken = true
    end
  end
  return woken
end


function Sockets:describe()
  return "a socket to become " .. self.event
end

local readers, writers = new("readable"), new("writable")

---@type neap.Host
local host = {}


--- The system's time.
---@return number seconds
function host.now()
  if not library then find() end
  return library.gettime()
end


--- Waits for the sockets' events, and makes the tasks ready that wait for them.
---@param seconds number
function host.sleep(seconds)
  if not library then find() end
  if readers.count + writers.count == 0 then return library.sleep(min(seconds, LONGEST)) end
  local is_woken = readers:wake_closed()
  if writers:wake_closed() or is_woken then seconds = 0 end
  local timeout = seconds < huge and min(seconds, LONGEST) or nil
  local readable, writable = select(readers.sockets, writers.sockets, timeout)
  for i = 1, #readable do readers:wake(readable[i]) end
  for i = 1, #writable do writers:wake(writable[i]) end
end


--- Whether a task waits for a socket.
---@return boolean
function host.pending()
  return readers.count + writers.count > 0
end


--- Raises unless the system can wait for a socket.
local function check_socket(socket, place, name)
  local kind = type(socket)
  local getfd = (kind == "userdata" or kind == "table") and socket.getfd
  if not getfd then check.fail(1, name, "socket expected, got " .. kind, 2) end
  if not library then find() end
  if (counts_sockets and place.count or getfd(socket)) >= largest then
    check.fail(1, name, "socket beyond the " .. largest .. " that socket.select can wait for", 2)
  end
end


--- Waits until a socket can be read from (`receive`, `accept`) without blocking: it has data, has
-- come to its end, or has been closed.
---@param socket table  a socket of LuaSocket's, or anything with its `getfd`
---@return true
function host.readable(socket)
  check_socket(socket, readers, "readable")
  scheduler.wait(readers, socket)
  return true
end


--- Waits until a socket can be written to (`send`, the end of `connect`) without blocking.
---@param socket table  a socket of LuaSocket's, or anything with its `getfd`
---@return true
function host.writable(socket)
  check_socket(socket, writers, "writable")
  scheduler.wait(writers, socket)
  return true
end


--- An event of a socket's, for a `select`.
---@class neap.SocketEvent
---@field private sockets neap.Sockets
---@field private socket table
local SocketEvent = {}
SocketEvent.__index = SocketEvent


--- An awaitable that does what `readable` does.
---@param socket table
---@return neap.SocketEvent
function host.reading(socket)
  check_socket(socket, readers, "reading")
  return setmetatable({ sockets = readers, socket = socket }, SocketEvent)
end


--- An awaitable that does what `writable` does.
---@param socket table
---@return neap.SocketEvent
function host.writing(socket)
  check_socket(socket, writers, "writing")
  return setmetatable({ sockets = writers, socket = socket }, SocketEvent)
end


--- Waits for the event.
---@return true
function SocketEvent:wait()
  scheduler.wait(self.sockets, self.socket)
  return true
end


--- Whether `wait` would find what it waits for.
---@return boolean
function SocketEvent:is_ready()
  local socket = self.socket
  if socket:getfd() < 0 then return true end
  local read, write = { socket }, nil
  if self.sockets == writers then read, write = write, read end
  read, write = select(read, write, 0)
  return (read[1] or write[1]) ~= nil
end
SocketEvent.done = SocketEvent.is_ready

function SocketEvent:place()
  return self.sockets, self.socket
end

function SocketEvent.claim()
  return true
end

awaitable.declare(SocketEvent)

return host
