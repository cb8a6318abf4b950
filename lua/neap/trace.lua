--- Records what tasks do: who ran when, for how long, who waited for what and where, and who woke
-- whom.
--
-- A recording is written as a stream, in the Trace Event Format, which Perfetto and
-- chrome://tracing open; or as one page for a browser, which holds the same events and the code
-- that shows them. In memory it holds only a record for each living task. Before it begins and
-- after it has ended it costs nothing.
--
--     local file = assert(io.open("timeline.html", "wb"))
--     local recording = trace.start { html = function(text) file:write(text) end }
--     ...
--     recording:stop()
--     file:close()

---@diagnostic disable: access-invisible, need-check-nil, undefined-field
local call_barred = require "neap.kernel.barred"
local check = require "neap.check"
local listing = require "neap.kernel.listing"
local new_recorder = require "neap.trace.recorder"
local page = require "neap.trace.page"
local scheduler = require "neap.kernel.scheduler"
local watchers = require "neap.kernel.watchers"

local error, setmetatable = error, setmetatable

local trace = {}

---@class neap.Recording
---@field private watcher neap.Watcher|false  false once it is over
---@field private finish fun()
---@field private html (fun(text: string))?  gets the page
---@field private failure table?  what `json` or `html` has raised, in a table
local Recording = {}
Recording.__index = Recording


--- Hands a text on to a function of the user's; one that fails ends the recording.
local function hand_on(self, write, text)
  if self.failure then return end
  local ok, err = call_barred("attempt to wait in a function that writes a trace", write, text)
  if ok then return end
  self.failure = { err }
  watchers.remove(self.watcher)
end


--- Begins a recording, of all tasks, from now on. There may be several at a time.
--
-- The functions get texts, which are the file when they are put together; they may not wait. One
-- that raises an error ends the recording, and `stop` raises that error.
---@param outputs { json?: fun(text: string), html?: fun(text: string) }  one of the two, or both:
--- `json` gets the Trace Event Format, `html` the page
---@return neap.Recording
function trace.start(outputs)
  check.type(outputs, "table", 1, "start")
  local json, html = outputs.json, outputs.html
  if not (json or html) then
    check.fail(1, "start", "a table with a function json or html expected: it gets the text")
  end
  if json and not check.is_callable(json) or html and not check.is_callable(html) then
    check.fail(1, "start", "json and html must be functions of a text, or absent")
  end

  local self = setmetatable({ html = html }, Recording)
  local notes, finish = new_recorder(function(text)
    if json then hand_on(self, json, text) end
    if html then hand_on(self, html, text) end
  end)
  self.watcher, self.finish = notes, finish

  if html then hand_on(self, html, page.head) end
  local living, current = listing.all(), scheduler.current_task()
  for i = 1, #living do
    if living[i].place then notes.waits(living[i], living[i].place) end
  end
  if current then notes.runs(current) end
  watchers.add(notes)
  return self
end


--- Ends the recording. What still runs or waits is written as if it ended now.
---@return boolean  false if it was ended before
-- Raises what one of the functions has raised.
function Recording:stop()
  if not self.watcher then return false end
  watchers.remove(self.watcher)
  self.finish()
  if self.html then hand_on(self, self.html, page.tail) end
  self.watcher = false
  if self.failure then error(self.failure[1], 0) end
  return true
end

return trace
