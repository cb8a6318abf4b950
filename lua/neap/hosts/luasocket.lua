--- LuaSocket as a host: it sleeps in `socket.select`, over the sockets that tasks wait for.
--
--     local sockets = require "neap.hosts.luasocket"
--     neap.use(sockets)
--
-- `readable(socket)` and `writable(socket)` wait like everything else that waits: in a task or in
-- the host thread, within a `timeout`, cancelled without a trace. The sockets that are waited for
-- stand in arrays that a sleep hands to the system as they are: a socket that nobody waits for any
-- more is replaced by the last. Each has a list of those who wait; the lists beyond the last socket
-- are empty, and serve the next ones.
--
-- A loop of somebody else's that calls `neap.step()` calls `sleep(0)` of this host before it, and
-- so asks for the sockets' events.

---@diagnostic disable: inject-field, need-check-nil, param-type-mismatch, return-type-mismatch
---@diagnostic disable: unresolved-require
local awaitable = require "neap.kernel.awaitable"
local check = require "neap.check"
local clock = require "neap.kernel.clock"
local tasks = require "neap.task.task"
local vm = require "neap.kernel.vm"
local Waiters = require "neap.kernel.waiters"

local error, huge, min, pcall, setmetatable, type =
  error, math.huge, math.min, pcall, setmetatable, type

local LONGEST = clock.LONGEST

local TOO_LARGE = "socket beyond the %d that socket.select can wait for"

local library, select ---@type any, any

--- How many sockets `select` can wait for, and whether that limits their number or, as everywhere
-- but on Windows, the values of their descriptors.
local largest, by_number ---@type integer, boolean


--- Finds LuaSocket at the first use of the host: this file loads without it.
local function find()
  local require = vm.global_value("require")
  library = require("socket")
  select, largest = library.select, library._SETSIZE or 1024
  local package = vm.global_value("package")
  by_number = type(package) == "table" and (package.config or "/"):sub(1, 1) == "\\"
end


--- The place of those who wait for an event of sockets.
---@class neap.Sockets
---@field count integer  of the sockets
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
  self.lists[slot]:park(waiter)
  waiter.place, waiter.offer = self, socket
end


function Sockets:remove(waiter)
  local socket, slots, lists, sockets = waiter.offer, self.slots, self.lists, self.sockets
  local slot = slots[socket]
  local list = lists[slot]
  list:remove(waiter)
  waiter.offer = nil
  if list:head() then return end
  local count = self.count
  local last = sockets[count]
  sockets[slot], lists[slot], slots[last] = last, lists[count], slot
  sockets[count], lists[count], slots[socket] = nil, list, nil
  self.count = count - 1
end


--- Wakes all who wait for a socket. To wake one may take out another: a `select` may wait twice.
---@param socket table
---@param outcome true|string  true, or why the system cannot wait for it
function Sockets:wake(socket, outcome)
  local slot = self.slots[socket]
  while slot do
    local waiter = self.lists[slot]:head()
    self:remove(waiter)
    waiter:wake(nil, outcome)
    slot = self.slots[socket]
  end
end


--- Wakes all who wait for a socket that has been closed, or that is beyond what the system can wait
-- for: `select` would never return it.
---@return boolean woken  whether there was one
function Sockets:wake_lost()
  local sockets, woken = self.sockets, false
  for slot = self.count, 1, -1 do
    local socket = sockets[slot]
    local descriptor = socket and socket:getfd()
    if descriptor and (descriptor < 0 or (by_number and slot - 1 or descriptor) >= largest) then
      self:wake(socket, descriptor < 0 or TOO_LARGE:format(largest))
      woken = true
    end
  end
  return woken
end


function Sockets:describe() return "a socket to become " .. self.event end

local readers, writers = new("readable"), new("writable")

---@class neap.hosts.luasocket: neap.Host
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
  local is_woken = readers:wake_lost()
  if writers:wake_lost() or is_woken then seconds = 0 end
  local timeout = seconds < huge and min(seconds, LONGEST) or nil
  local readable, writable = select(readers.sockets, writers.sockets, timeout)
  for i = 1, #readable do readers:wake(readable[i], true) end
  for i = 1, #writable do writers:wake(writable[i], true) end
end


--- Whether a task waits for a socket.
---@return boolean
function host.pending() return readers.count + writers.count > 0 end


--- What a waiter that was woken has been told: true, or why the system cannot wait.
local function outcome_of(waiter)
  local outcome = waiter.value
  waiter.value = nil
  return outcome
end


local function getfd_of(value) return value.getfd end

--- Raises unless a value is a socket. Not every userdata can be asked for a field.
local function check_socket(value, name)
  local ok, getfd = pcall(getfd_of, value)
  if not (ok and getfd) then check.fail(1, name, "socket expected, got " .. type(value), 2) end
end


--- Waits until a socket can be read from (`receive`, `accept`) without blocking: it has data, has
-- come to its end, or has been closed.
---@param socket table  a socket of LuaSocket's, or anything with its `getfd`
---@return true
-- Raises where the system cannot wait for so many.
function host.readable(socket)
  check_socket(socket, "readable")
  local outcome = outcome_of(tasks.wait(readers, socket))
  return outcome == true or check.fail(1, "readable", outcome)
end


--- Waits until a socket can be written to (`send`, the end of `connect`) without blocking.
---@param socket table  a socket of LuaSocket's, or anything with its `getfd`
---@return true
-- Raises where the system cannot wait for so many.
function host.writable(socket)
  check_socket(socket, "writable")
  local outcome = outcome_of(tasks.wait(writers, socket))
  return outcome == true or check.fail(1, "writable", outcome)
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
  check_socket(socket, "reading")
  return setmetatable({ sockets = readers, socket = socket }, SocketEvent)
end


--- An awaitable that does what `writable` does.
---@param socket table
---@return neap.SocketEvent
function host.writing(socket)
  check_socket(socket, "writing")
  return setmetatable({ sockets = writers, socket = socket }, SocketEvent)
end


--- Waits for the event.
---@return true
function SocketEvent:wait() return self:claim(tasks.wait(self.sockets, self.socket)) end


--- Whether the event has come: `wait` may have to ask the system again, but not to wait.
---@return boolean
function SocketEvent:is_ready()
  if not library then find() end
  local socket, read, write = self.socket, nil, nil
  local descriptor = socket:getfd()
  if descriptor < 0 or not by_number and descriptor >= largest then return true end
  if self.sockets == readers then read = { socket } else write = { socket } end
  read, write = select(read, write, 0)
  return (read[1] or write[1]) ~= nil
end
SocketEvent.done = SocketEvent.is_ready

function SocketEvent:place_to_wait() return self.sockets, self.socket end

function SocketEvent.claim(_, waiter)
  local outcome = outcome_of(waiter)
  return outcome == true or error("attempt to wait for a " .. outcome, 0)
end

awaitable.declare(SocketEvent, "socket event")

return host
