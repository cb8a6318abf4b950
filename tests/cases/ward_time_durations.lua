-- time.duration makes durations of numbers, strings and tables; they can be reckoned with, and
-- stand wherever a duration is expected.
local time = require "ward.time"
local function show(...)
  local texts = {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    texts[i] = type(value) == "number" and ("%.0f"):format(value) or tostring(value)
  end
  print(table.concat(texts, "\t"))
end

local table_of_parts = time.duration({ seconds = 1, millis = 250, micros = 500 })
local number = time.duration(2.5)
show("micros", table_of_parts:micros(), number:micros(), (table_of_parts + number):micros())
show("micros", (number - table_of_parts):micros(), (table_of_parts * 2):micros())
show("millis", time.duration("1m30s"):millis(), (-number):millis(), number:neg():abs():millis())
show("compare", time.duration("1s") < number, time.duration("2500ms") == number)
show("text", number)
show("parsed", time.parse_duration("1h30m"):seconds(), time.parse_duration("soon"))

local start = time.instant_now()
time.sleep(time.duration("250ms")):wait()
time.sleep({ millis = 250, seconds = 1 }):wait()
show("elapsed, millis", start:elapsed():millis(), (time.instant_now() - start):millis())
show("now", time.now():timestamp() > 1e9, (time.now() + "1h" - time.now()):seconds() >= 3599)
for _, wrong in ipairs { "soon", {}, { parsecs = 5 }, true } do
  print(select(2, pcall(function() time.duration(wrong) end)))
end
