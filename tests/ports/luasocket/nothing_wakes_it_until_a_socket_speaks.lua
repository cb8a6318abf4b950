-- With no deadline set, the host sleeps in one `socket.select` until another process sends.

local neap, socket = require "neap", require "socket"
local sockets = require "neap.hosts.luasocket"

local selects = 0
local system_select = socket.select
function socket.select(...)
  selects = selects + 1
  return system_select(...)
end
neap.use(sockets)

local server = assert(socket.bind("127.0.0.1", 0))
server:settimeout(0)
local _, port = server:getsockname()

local other = io.popen(arg[-1] .. [[ -e "
  local socket = require 'socket'
  socket.sleep(0.2)
  local client = socket.connect('127.0.0.1', ]] .. port .. [[)
  client:send('flood\n')
  socket.sleep(0.2)
  client:send('ebb\n')
  client:close()
"]])

neap.run(function()
  sockets.readable(server)
  local connection = server:accept()
  for _ = 1, 2 do
    sockets.readable(connection)
    print((connection:receive("*l")))
  end
end)
other:close()
print("selects: " .. selects)
