--- What the server of `tests/ports/nginx.rs` answers: a function for each address.

local neap = require "neap"
local nginx = require "neap.hosts.nginx"
local task = require "task"

local answers, backend = {}, nil

--- What has been noted, for the next `/notes`.
local notes = {}
local function note(text) notes[#notes + 1] = text end

function answers.notes()
  ngx.print(table.concat(notes, ", "))
  notes = {}
end

--- A request to the other server, by a cosocket, as nginx has them.
local function fetch()
  local socket = ngx.socket.tcp()
  assert(socket:connect("127.0.0.1", backend))
  assert(socket:send("GET / HTTP/1.0\r\n\r\n"))
  local answer = assert(socket:receive("*a"))
  socket:close()
  return answer:match("tide$")
end


-- The load: three tasks that sleep, and ask by a call, and straight; and nginx's own way.

function answers.tasks()
  ngx.print(neap.run(function()
    local words = {}
    for i = 1, 3 do
      words[i] = neap.spawn(function()
        neap.sleep("50ms")
        return i == 1 and fetch() or nginx.call(fetch)
      end)
    end
    return table.concat(neap.all(words), " ")
  end))
end

function answers.calls()
  ngx.print(neap.run(function()
    local words = {}
    for i = 1, 3 do words[i] = neap.spawn(nginx.call, fetch) end
    return table.concat(neap.all(words), " ")
  end))
end

function answers.threads()
  local threads, words = {}, {}
  for i = 1, 3 do
    threads[i] = ngx.thread.spawn(function()
      ngx.sleep(0.05)
      return fetch()
    end)
  end
  for i = 1, 3 do words[i] = select(2, ngx.thread.wait(threads[i])) end
  ngx.print(table.concat(words, " "))
end

function answers.small()
  ngx.print(neap.run(function()
    neap.sleep("1ms")
    return "small"
  end))
end


-- What a task may do.

function answers.sleep()
  ngx.print(neap.run(function()
    local seconds = neap.sleep("20ms")
    return seconds >= 0.02 and seconds < 1
  end))
end

function answers.call()
  local value = {}
  local words = { neap.run(function()
    local _, err = neap.pcall(nginx.call, error, value)
    local count = select("#", nginx.call(function(...) ngx.sleep(0.001) return ... end, 1, nil))
    local _, late = neap.pcall(neap.timeout, "20ms", nginx.call, function()
      ngx.sleep(0.1)
      note("the light thread went on")
    end)
    neap.sleep("150ms")
    return err == value, count, late
  end) }
  ngx.print(tostring(words[1]), " ", words[2], " ", words[3], " ", nginx.call(fetch))
end

--- The engine's own yields, in tasks of both kinds, with as many values as there are.
function answers.foreign()
  ngx.print(neap.run(function()
    local each = coroutine.wrap(function(...)
      ngx.sleep(0.001)
      return select("#", ...), coroutine.yield(1, nil, 3, 4, 5, 6, 7, nil)
    end)
    local count = select("#", each())
    local threads = 0
    task.spawn(function()
      local thread = ngx.thread.spawn(function() ngx.sleep(0.001) return 7 end)
      threads = select(2, ngx.thread.wait(thread))
    end)
    return table.concat({ count, select("#", each(1, nil)), threads, fetch() }, " ")
  end))
end

--- Reports, and handlers of errors that suspend.
function answers.fails()
  neap.run(function() neap.spawn(error, "reported", 0) end)
  neap.on_error(function(err) ngx.sleep(0.001) note("handled " .. err) end)
  neap.run(function() neap.spawn(error, "oops", 0) end)
  neap.on_error()
  answers.notes()
end

--- Busy tasks let others in.
function answers.busy()
  local future = neap.future()
  neap.run(function()
    neap.spawn(nginx.call, function() ngx.sleep(0.02) future:resolve("not blocked") end)
    repeat neap.yield() until future:done()
    ngx.print(future:wait())
  end)
end

function answers.timer()
  ngx.timer.at(0, function()
    neap.run(function() neap.sleep("1ms") nginx.call(fetch) note("in a timer") end)
  end)
end

function answers.outside() neap.sleep(1) end


-- What requests share.

local future, channel, mutex = neap.future(), neap.channel(), neap.mutex()

function answers.ask()
  ngx.print(neap.run(function()
    neap.spawn(function() note(channel:wait()) end)
    return future:wait()
  end))
end

function answers.answer()
  neap.run(function() channel:send("received") end)
  ngx.print(future:resolve("resolved"))
end


-- Requests that are abandoned, in all ways.

--- Holds what others want, and waits for ever.
local function stay(name)
  neap.run(function(end_note)
    neap.finally(function(...) neap.sleep("1ms") note(...) end, end_note)
    neap.spawn(mutex.with, mutex, neap.sleep, 1000)
    neap.spawn(channel.wait, channel)
    -- Whose parent is killed, that light thread nginx lets go on.
    if name ~= "kill" then neap.spawn(nginx.call, ngx.sleep, 1000) end
    neap.yield()
    if name == "exit" then ngx.exit(204) end
    neap.sleep(1000)
  end, name)
end

function answers.hang_up() stay("hang_up") end
function answers.exit() stay("exit") end

function answers.kill()
  local thread = ngx.thread.spawn(stay, "kill")
  ngx.print(ngx.thread.kill(thread))
end

--- Nothing is collected sooner than the collector comes by; the next run that sleeps ends the rest.
function answers.collect()
  collectgarbage()
  collectgarbage()
  neap.run(neap.sleep, "1ms")
end

--- How many runs have not ended.
function answers.runs()
  local count = 0
  require("neap.kernel.runs").each(function() count = count + 1 end)
  ngx.print(count)
end

function answers.lock()
  ngx.print(neap.run(mutex.with, mutex, function() return "unlocked" end), " ",
    tostring(channel:try_send("lost")))
end

--- The same with a handler of nginx's, at once.
function answers.polite()
  local ok, err = pcall(neap.run, function()
    local main = neap.current()
    ngx.on_abort(function() main:cancel() end)
    neap.finally(function() neap.sleep("1ms") note("finalizer in " .. ngx.var.uri) end)
    nginx.call(ngx.sleep, 1000)
  end)
  note(tostring(ok) .. " " .. err)
end


return function(name, port)
  backend = port
  answers[name]()
end
