-- After neap.debug(true) it is known who spawned whom, and where, and since when a task waits.
local neap = require "neap"

local function short(text) return text and (text:gsub("[%w_/]*/([%w_]+%.lua)", "%1")) end

local before = neap.spawn(neap.sleep, 2):name("before")
print(neap.debug(true), neap.debug(true))
neap.current():name("main")

local child
local parent = neap.spawn(function()
  child = neap.spawn(function()
    neap.sleep(0.5)
    neap.sleep(5)
  end):name("child")
  child:wait()
end):name("parent")
local thread = task.spawn(function() task.wait(3) end)

neap.sleep(1)
neap.dump(function(line) print(short(line)) end)
print(child:parent(), parent:parent(), before:parent(), neap.current():parent())
print(short(child:where()), short(parent:where()), neap.current():where() ~= nil)
print(short(child:traceback()):match("%S+:%d+"))

-- A failure tells who had spawned the task.
neap.on_error(function(err, _, _, what) print(err, short(what)) end)
neap.spawn(function()
  neap.spawn(error, "lost", 0):detach()
end)
neap.sleep(0.1)

print(neap.debug(false), child:parent())
child:cancel()
parent:cancel()
task.cancel(thread)
