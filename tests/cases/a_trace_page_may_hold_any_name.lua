-- The events stand in a script of the page, which `</script>` would end, and which `<!--<script>`
-- would keep from ending: a task's name may be either.
local neap = require "neap"
local trace = require "neap.trace"

local texts = {}
local recording = trace.start { html = function(text) texts[#texts + 1] = text end }
neap.spawn(neap.yield):name("</script>")
neap.spawn(neap.yield):name("<!--<script>")
neap.sleep(1)
recording:stop()

local page = table.concat(texts)
print(page:match('"name":"([^"]*script>)"'), page:match('"name":"([^"]*%-%-<script>)"'))
