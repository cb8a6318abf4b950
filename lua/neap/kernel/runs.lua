--- What changes while tasks live, all of it, so that it can be put aside.
--
-- Where a host's own coroutines share one Lua (the requests of a server), one of them may call
-- `run` while another sleeps in its own. Each `run` there has these fields for itself: they are put
-- aside while its host sleeps and taken up after it, so that nothing looks for them in between, and
-- a switch between tasks costs what it always does.
--
-- A module declares the fields that it changes and keeps them in `state`; one that nobody has
-- declared raises. No other local of a module changes while tasks live, but for a few that the
-- scheduler needs at hand: it stores them before an exchange, and loads them after it.
--
-- `state` has no field of its own but those that are needed for each task, or wait: an exchange
-- moves these few. All others it finds, by its metatable, in the run that is in place.

---@diagnostic disable: inject-field, undefined-field
local error, getmetatable, next, pairs, rawset, setmetatable, tostring, type =
  error, getmetatable, next, pairs, rawset, setmetatable, tostring, type

local runs = {}

--- What each field is in a new run.
local initial = {}

--- Those that are tables, of which each run has its own.
local own = {}

--- The fields that are kept in `state` itself.
local near = {}


local function undeclared(name)
  error("no field of a run is called '" .. tostring(name) .. "'", 3)
end

--- A run stores no other field before that is changed.
local Run = {}

function Run.__index(_, name)
  local value = initial[name]
  if value == nil then undeclared(name) end
  return value
end

function Run.__newindex(run, name, value)
  if initial[name] == nil then undeclared(name) end
  rawset(run, name, value)
end


local function make(name)
  local value = initial[name]
  local kind = type(value)
  if kind == "function" then return value() end
  return kind == "table" and setmetatable({}, getmetatable(value)) or value
end


--- Gives a run the tables that have been declared since it was made. This allocates, and so may
-- call finalizers of the user's: it happens while everything is in its place.
local function complete(run)
  for i = (run.declared or 0) + 1, #own do rawset(run, own[i], make(own[i])) end
  run.declared = #own
  return run
end

initial.declared = false


--- Makes a run.
function runs.new() return complete(setmetatable({}, Run)) end

--- The run that the program begins with: where tasks live that no `run` of a shared host has made.
runs.first = runs.new()

local place = { __index = runs.first, __newindex = runs.first }

--- The fields of the run that is in place.
---@type table<string, any>
local state = setmetatable({}, place)
runs.state = state
rawset(state, "home", false) -- see `share`

--- The runs that are under way; one whose caller has been collected while it slept is forgotten.
local under_way = setmetatable({}, { __mode = "k" })

--- Those that sleep until another wakes somebody of theirs.
runs.stuck = setmetatable({}, { __mode = "k" })

--- Called before and after an exchange.
local store, load = function() end, function() end


--- Declares fields: what each is in a new run. For an empty table, or a function, each run has a
-- new table of that kind, or what the function makes.
---@param fields table<string, any>
function runs.declare(fields)
  for name, value in pairs(fields) do
    local kind = type(value)
    initial[name] = value
    if kind == "table" or kind == "function" then own[#own + 1] = name end
  end
  complete(runs.first)
  if state.home then complete(state.home) end
end


--- Declares fields that `state` is to have at hand.
---@param fields table<string, any>
function runs.declare_near(fields)
  runs.declare(fields)
  for name in pairs(fields) do
    near[#near + 1] = name
    rawset(state, name, runs.first[name])
  end
end


--- Has two functions called around each exchange: one stores in `state` what is kept elsewhere, the
-- other, called now, too, loads it from there.
function runs.around_exchange(before, after)
  store, load = before, after
  load()
end

--- Calls fn, which reads or changes fields that are kept elsewhere, too.
---@param ... any  its arguments
function runs.change(fn, ...)
  store()
  fn(...)
  load()
end


--- Says whether a run is under way.
function runs.set_under_way(run, is_under_way)
  under_way[run] = is_under_way or nil
end

--- Calls fn with each run that is under way, in no order.
---@param fn fun(run: table)
function runs.each(fn)
  for run in next, under_way do fn(run) end
end

--- Says whether the host lets several runs be under way. `state.home` is then the run that is in
-- place, else false.
function runs.share(is_shared)
  state.home = is_shared and runs.first or false
end


--- Puts the fields of a run in place of those that are there.
---@return table previous  the run that was in place
function runs.enter(run)
  local previous = state.home
  if run == previous then return previous end
  if run.declared ~= #own then complete(run) end
  store()
  for i = 1, #near do
    local name = near[i]
    previous[name], state[name] = state[name], run[name]
  end
  state.home, place.__index, place.__newindex = run, run, run
  load()
  return previous
end


runs.declare { is_asleep = false } -- whether the host sleeps, and others may begin a run

local function take_up(home, ...)
  runs.enter(home)
  state.is_asleep, runs.stuck[home] = false, nil
  return ...
end


--- Where several runs may be under way, calls a function of the host's that may suspend its caller,
-- with this one put aside.
---@param fn function
---@return any ...  fn's results
function runs.outside(fn, ...)
  local home = state.home
  state.is_asleep = true
  runs.enter(runs.first)
  return take_up(home, fn(...))
end

return runs
