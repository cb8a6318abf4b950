--- Failures that nobody has seen are never silent.
--
-- A task that fails leaves a record here. Whoever waits for the task sees its error and takes the
-- record away. Where the record remains, it is reported: when the run ends, or when the Task itself
-- has been collected and nobody can wait for it any more. A record holds no reference to its task
-- but a weak one, and knows where it stands among those that nobody has seen: in the run that it
-- has come from.

local call_barred = require "neap.kernel.barred"
local clock = require "neap.kernel.clock"
local cycles = require "neap.task.cycles"
local fields = require "neap.fields"
local colours = require "neap.task.colours"
local loop = require "neap.task.loop"
local own = require "neap.kernel.own"
local runs = require "neap.kernel.runs"
local hooks = require "neap.kernel.hooks"
local vm = require "neap.kernel.vm"
local history = require "neap.task.history"

local huge, next, pairs, pcall, setmetatable, sort, tostring, type =
  math.huge, next, pairs, pcall, setmetatable, table.sort, tostring, type

local failures = {}

--- How many reports went to standard error, for a host's exit status.
failures.reported = 0

local state, weak = runs.state, { __mode = "v" }

--- The records that nobody has seen, and how many there have been.
runs.declare { unseen = {}, failure_count = 0, next_search = -huge }

local handler

--- How long a failure may go unseen, in seconds, in a host's own loop; and how long until circles
-- of waits are looked for again.
local PATIENCE = 1


local function remedy(err, traceback)
  if not vm.is_refused_yield(err) then return "" end
  if traceback and traceback:find("%[C%]: in %a+ 'require'") then
    return "\n(a wait cannot cross this Lua's require: let the module return a function that waits,"
      .. "\nand call that, or let it spawn a task that does)"
  end
  return "\n(a wait cannot cross this Lua's pcall, metamethods, iterators, callbacks or require: "
    .. "use\nneap.pcall, or neap.install() to put it in place of pcall; wait outside the others)"
end


--- An error as text, with advice where there is some; a table with its fields, if it has no text.
---@param traceback? string  of where it was raised
function failures.describe(err, traceback)
  local ok, text = pcall(tostring, err)
  if not ok or type(text) ~= "string" then
    text = "(a " .. type(err) .. " that gives no text)"
  elseif type(err) == "table" and text:find("^table: ") then
    text = fields.describe(err)
  end
  return own.strip_position(text) .. remedy(err, traceback)
end


--- Writes a text to where the host has reports go.
---@param text string
function failures.write(text)
  vm.flush_output()
  local ok, raised = pcall(clock.report or vm.write_error, text)
  if ok then return end
  vm.write_error(text)
  vm.write_error("neap: the host's report failed: " .. failures.describe(raised))
end


--- Writes which tasks wait for each other in a circle, if that has not been told before.
function failures.report_cycles()
  local circles = cycles.news()
  for i = 1, #circles do
    failures.write(colours.report("neap: a cycle of waits: " .. circles[i]))
  end
end


local function write(err, traceback, what)
  failures.reported = failures.reported + 1
  local text = "neap: " .. what .. " failed: " .. failures.describe(err, traceback)
  if traceback and traceback ~= "" then text = text .. "\nstack traceback:\n" .. traceback end
  failures.write(colours.report(text))
  local now = clock.now()
  if now < state.next_search then return end
  state.next_search = now + PATIENCE
  failures.report_cycles()
end


--- Sets who is told of failures that nobody has seen; nil for standard error.
---@param fn? fun(err: any, task: neap.inside.Task?, traceback: string, what: string)
function failures.set_handler(fn)
  handler = fn
end


--- Reports a failure at once. A handler that fails is reported itself, to standard error.
---@param traceback? string
---@param what string  what failed
function failures.report(err, task, traceback, what)
  traceback = traceback or ""
  if not handler then return write(err, traceback, what) end
  local ok, raised = call_barred(loop.RUNNING, handler, err, task, traceback, what)
  if not ok then
    write(err, traceback, what)
    write(raised, nil, "the on_error handler")
  end
end


--- Reports records, in the order in which they came.
local function report_all(records)
  sort(records, function(a, b) return a.order < b.order end)
  for i = 1, #records do
    local record = records[i]
    record.unseen[record] = nil
    failures.report(record.err, record.reference[1], record.traceback, record.what)
  end
end


local function report_lost(everything)
  local lost = {}
  for record in pairs(state.unseen) do
    if everything or not record.reference[1] then lost[#lost + 1] = record end
  end
  report_all(lost)
  if not next(state.unseen) then hooks.unwatch(report_lost) end
end


--- What a task is called in a report: with the place where it was spawned, or of its function, for
-- there are many tasks.
---@param definition? string  where the function is, if that is known
function failures.name_of(task, definition)
  definition = definition or vm.definition(task.body or task.fn)
  local where, spawner = history.spawned_at(task), history.spawner(task)
  if where then
    if spawner then where = where .. " by " .. spawner end
    return tostring(task) .. " (spawned at " .. where .. ")"
  end
  return tostring(task) .. (definition and " (its function is at " .. definition .. ")" or "")
end


--- Records the failure of a task, or of a future that nobody waits for.
---@param what? string  what has failed
function failures.record(task, err, what)
  local where = vm.definition(task.body or task.fn)
  local unseen, order = state.unseen, state.failure_count + 1
  if not next(unseen) then hooks.watch(report_lost) end
  local record = {
    err = err, traceback = task.origin, what = what or failures.name_of(task, where), where = where,
    order = order, since = false,
    reference = setmetatable({ task }, weak), unseen = unseen,
  }
  task.failure, unseen[record], state.failure_count = record, true, order
end


--- Reports the failure of a task, unless somebody has seen it.
function failures.report_now(task)
  local record = task.failure
  if not record.unseen[record] then return end
  failures.seen(task)
  failures.report(record.err, task, record.traceback, record.what)
end


--- Takes note that somebody has seen the error of a task.
function failures.seen(task)
  local record = task.failure
  if record then record.unseen[record] = nil end
end

--- Reports the failures that nobody has seen for a second, where the host's own loop drives the
-- tasks, which may never end. Whoever waits later still gets the error.
function failures.report_old()
  if not next(state.unseen) then return end
  local now, old = clock.now(), {}
  for record in pairs(state.unseen) do
    record.since = record.since or now
    if now - record.since >= PATIENCE then old[#old + 1] = record end
  end
  report_all(old)
end


--- How long until a failure may have to be reported; math.huge if there is none to be.
---@return number seconds
function failures.patience() return next(state.unseen) and PATIENCE or huge end


--- Reports all failures that nobody has seen: the run has ended.
function failures.flush()
  report_lost(true)
end

return failures
