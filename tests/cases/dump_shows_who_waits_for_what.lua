-- neap.dump writes who lives: what each belongs to, what it waits for, how long yet, and where.
local neap = require "neap"

neap.current():name("main")
local letters, done, quay = neap.channel(2), neap.event(), neap.mutex()

neap.spawn(function()
  neap.scope(function(scope)
    scope:spawn(function() letters:wait() end):name("reader")
    scope:spawn(neap.sleep, 10):name("sleeper")
    local cranes = scope:pool(1)
    cranes:submit(neap.sleep, 20)
    cranes:submit(neap.sleep, 3)
    neap.timeout("5s", function()
      neap.callback(function() end)
    end)
  end)
end):name("crew")

neap.spawn(function()
  quay:acquire()
  neap.finally(done.wait, done)
  neap.current():cancel()
end):name("wreck")
neap.spawn(function() quay:acquire("30s") end):name("tug")
neap.spawn(function()
  neap.select({ letters, done }, "1h")
end):name("pilot")
neap.spawn(neap.all, { neap.future(), done })
neap.spawn(function() neap.sleep(math.huge) end)
task.delay(60, print, "never printed")

neap.sleep("250ms")
local late = neap.spawn(print, "late")
neap.dump(function(line) print((line:gsub("%S*/", ""))) end)

print(late:where(), late:parent(), late:traceback() == "")
done:set()
for _, living in ipairs(neap.tasks()) do
  if living ~= neap.current() then living:cancel() end
end
