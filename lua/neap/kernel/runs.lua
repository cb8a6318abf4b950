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

local error, getmetatable, next, pairs, rawget, rawset, setmetatable, tostring, type =
  error, getmetatable, next, pairs, rawget, rawset, setmetatable, tostring, type

local runs = {}

local function undeclared(_, name)
  error("no field of a run is called '" .. tostring(name) .. "'", 2)
end

--- The fields of the run that is in place.
local state = setmetatable({}, { __index = undeclared, __newindex = undeclared })
runs.state = state

--- The fields' names, and what each is in a new run.
local names, initial, count = {}, {}, 0

--- The run that the program begins with: where tasks live that no `run` of a shared host has made.
runs.first = {}

--- The runs that are under way; one whose caller has been collected while it slept is forgotten.
local under_way = setmetatable({}, { __mode = "k" })

--- Called before and after an exchange.
local store, load = function() end, function() end


local function make(index)
  local value = initial[index]
  local kind = type(value)
  if kind == "function" then return value() end
  return kind == "table" and setmetatable({}, getmetatable(value)) or value
end


--- Declares fields: what each is in a new run. For an empty table, or a function, each run has a
-- new table of that kind, or what the function makes.
---@param fields table<string, any>
function runs.declare(fields)
  for name, value in pairs(fields) do
    count = count + 1
    names[count], initial[count] = name, value
    rawset(state, name, make(count))
  end
end


--- Has two functions called around each exchange: one stores in `state` what is kept elsewhere, the
-- other, called now, too, loads it from there.
function runs.around_exchange(before, after)
  store, load = before, after
  load()
end

--- Calls fn, which changes fields that are kept elsewhere, too.
function runs.change(fn)
  store()
  fn()
  load()
end


--- Gives a run the fields that have been declared since it was made. This allocates, and so may
-- call finalizers of the user's: it happens while everything is in its place.
local function complete(run)
  for i = 1, count do
    if rawget(run, names[i]) == nil then run[names[i]] = make(i) end
  end
  run.declared = count
  return run
end


--- Makes a run.
function runs.new() return complete({}) end

--- Says whether a run is under way.
function runs.set_under_way(run, is_under_way)
  under_way[run] = is_under_way or nil
end

--- Calls fn with each run that is under way, in no order.
---@param fn fun(run: table)
function runs.each(fn)
  for run in next, under_way do fn(run) end
end

runs.declare { home = false }

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
  if run.declared ~= count then complete(run) end
  if previous.declared ~= count then complete(previous) end
  store()
  for i = 1, count do
    local name = names[i]
    previous[name], state[name] = state[name], run[name]
  end
  state.home = run
  load()
  return previous
end

return runs
