-- Every function of neap's and of its faces, and every method of what they make, is called with
-- wrong arguments of every kind, one at a time beside right ones: nil, NaN, negative and huge
-- numbers, wrong types, cyclic tables, tables whose metatable is locked, too many, no self. It
-- raises an error that names the function and the argument, at the line of the call, and leaves
-- nothing behind. What is printed for each argument is what `true` gets in its place.
--
-- A function that is new is to be written into the tables below: it is told if it is missing there.

local neap = require "neap"
local task_face, virtual = require "task", require "neap.hosts.virtual"
local ward, time, async_await = require "ward.async", require "ward.time", require "async_await"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")
local function pack(...) return { n = select("#", ...), ... } end

local function keys_in_order(set)
  local names = {}
  for name in pairs(set) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local problems = 0
local function problem(...)
  problems = problems + 1
  print("  !", ...)
end


-- The values, by what they are called below. Each is made afresh for each call.

local function nothing() end
local function callable() return setmetatable({}, { __call = nothing }) end
local function settled()
  local future = neap.future()
  future:resolve("value")
  return future
end
local function started()
  local created = async_await.task_create(nothing)
  async_await.task_start(created)
  return created
end
local function cyclic(key)
  local value = {}
  value[key] = value
  return value
end
local function userdata()
  local newproxy, io = rawget(_G, "newproxy"), rawget(_G, "io")
  return newproxy and newproxy() or io.stdout
end

local function always(value) return function() return value end end

local values = {
  ["nil"] = nothing,
  ["true"] = always(true),
  ["NaN"] = always(0 / 0),
  ["-inf"] = always(-math.huge),
  ["-1"] = always(-1),
  ["0"] = always(0),
  ["1"] = always(1),
  ["1.5"] = always(1.5),
  ["1e308"] = always(1e308),
  ["inf"] = always(math.huge),
  ["empty"] = always(""),
  ["text"] = always("text"),
  ["1s"] = always("1s"),
  ["table"] = function() return {} end,
  ["cyclic"] = function() return cyclic(1) end,
  ["locked"] = function() return setmetatable({}, { __metatable = "locked" }) end,
  ["list"] = function() return { settled() } end,
  ["function"] = always(nothing),
  ["callable"] = callable,
  ["thread"] = function() return coroutine.create(nothing) end,
  ["userdata"] = userdata,
  ["awaitable"] = settled,
}

local EVERY = "1 " .. table.concat(keys_in_order(values), " ")

-- What an argument may be: the values that it takes, the right one first, and more that are wrong.
local kinds = {
  anything = EVERY,
  -- Futures can be called, too; of what is locked, only a call can tell.
  callable = "function callable locked awaitable",
  optional_callable = "nil function callable locked awaitable",
  writer = "function callable locked awaitable", -- and nil, but then the dump would be printed
  switch = "true",
  target = "function callable locked awaitable thread",
  duration = "1s -inf -1 0 1 1.5 1e308 inf",
  optional_duration = "nil 1s -inf -1 0 1 1.5 1e308 inf",
  period = "1s 1 1.5 1e308 inf",
  seconds = EVERY, -- what is no time counts as 0
  ward_duration = "1s -inf -1 0 1 1.5 1e308 inf",
  text = "text empty 1s",
  optional_text = "nil text empty 1s",
  capacity = "nil 0 1 1e308 inf",
  ward_capacity = "nil 1 1e308 table cyclic locked list callable awaitable",
  permits = "1 0 1e308 inf",
  size = "1 1e308 inf",
  count = "nil 1 1e308",
  awaitable = "awaitable callable locked",
  awaited = "awaitable callable locked function",
  awaitables = "list table",
  some_awaitables = "list",
  items = "list table cyclic locked callable",
  host = "host",
  created = "created",
  started = "started",
  started_future = "started_future",
}

-- Right ones that are wrong for nobody else.
local right = setmetatable({
  host = function() return { now = always(0) } end,
  created = function() return async_await.task_create(nothing) end,
  started = started,
  started_future = function() return async_await.future_create(started()) end,
}, { __index = values })

local wrong = {
  awaitables = {
    { nil, settled() }, { key = settled() }, { settled(), 5 }, { print }, { { wait = 5 } },
  },
  some_awaitables = {
    { nil, settled() }, { key = settled() }, { settled(), 5 }, { print }, { { wait = 5 } },
  },
  items = {
    { key = 5 }, { n = "3" }, { n = {} }, { n = 0 / 0 }, { n = -1 }, { n = 1.5 }, { n = math.huge },
  },
  host = {
    { now = 5 }, { now = always("noon") }, { now = always(0 / 0) }, { now = always(math.huge) },
    { now = always(0), sleep = 5 }, { now = always(0), report = true },
  },
  ward_duration = {
    { seconds = "1" }, { seconds = 0 / 0 }, { parsecs = 1 }, cyclic("seconds"), { 5 },
    { days = math.huge, hours = -math.huge }, time.duration(math.huge) - math.huge,
  },
  ward_capacity = {
    { capacity = 0 / 0 }, { capacity = -1 }, { capacity = 1.5 }, { capacity = "1" },
    { capacity = false }, { capacity = math.huge }, { capacity = {} },
  },
}


-- The functions: the name and the kind of each argument; and what a call with right ones raises,
-- here, in a task, where it does.

local RUNNING = "the scheduler is already running"

local modules = {
  { "neap", neap, {
    all = { "list awaitables" },
    any = { "list some_awaitables" },
    async = { "fn callable" },
    await = { "awaited awaited" },
    callback = { "fn callable" },
    channel = { "capacity capacity" },
    close = { "limit optional_duration", raises = RUNNING },
    current = {},
    debug = { "on switch" },
    dump = { "write writer", skips = "nil" },
    event = {},
    finally = { "fn callable" },
    future = {},
    install = {},
    interval = { "period period" },
    mutex = {},
    on_error = { "fn optional_callable" },
    pcall = { "fn anything" },
    pool = { "size size" },
    run = { "main callable", raises = RUNNING },
    scope = { "body callable" },
    select = { "list some_awaitables", "timeout optional_duration" },
    semaphore = { "size permits" },
    settle = { "list awaitables" },
    sleep = { "time duration" },
    spawn = { "fn callable" },
    step = { raises = RUNNING },
    tasks = {},
    timeout = { "limit duration", "fn callable", raises = "timeout" },
    timer = { "time duration" },
    use = { "host host", raises = "living tasks: call neap.use before the first one" },
    xpcall = { "fn anything", "handler anything", raises = "" }, -- mostly the VM's own
    yield = {},
  } },
  { "task", task_face, {
    cancel = { "target anything" },
    defer = { "target target" },
    delay = { "seconds seconds", "target target" },
    spawn = { "target target" },
    wait = { "seconds seconds" },
  } },
  { "ward.async", ward, {
    await = { "awaited awaitable" },
    channel = { "options ward_capacity" },
    select = { "list some_awaitables" },
    spawn = { "fn callable" },
  } },
  { "ward.time", time, {
    after = { "delay ward_duration", "fn optional_callable" },
    duration = { "value ward_duration" },
    instant_now = {},
    interval = { "period ward_duration" },
    now = {},
    parse_duration = { "text text" },
    sleep = { "delay ward_duration" },
    sleep_blocking = { "delay ward_duration" },
    timeout = { "awaited awaitable", "limit ward_duration" },
  } },
  { "async_await", async_await, {
    async = { "fn callable" },
    await = { "awaited awaited" },
    future_create = { "task created" },
    future_get = { "future started_future" },
    task_create = { "fn callable" },
    task_join = { "task started" },
    task_schedule = {},
    task_schedule_all = {},
    task_start = { "task created" },
    task_yield = {},
  } },
}

local task_methods = {
  cancel = {}, detach = {}, done = {}, name = { "name optional_text" }, parent = {}, status = {},
  timed_out = {}, traceback = {}, wait = {}, where = {},
}

local function semaphore_methods(release)
  return {
    acquire = { "timeout optional_duration" }, count = {}, release = release, try_acquire = {},
    wait = {}, with = { "fn callable" },
  }
end

local pool_methods = {
  cancel = {}, map = { "list items", "fn callable" }, submit = { "fn callable" }, wait = {},
}

local function new_scope()
  local scope
  neap.spawn(neap.scope, function(it)
    scope = it
    neap.future():wait()
  end)
  while not scope do neap.yield() end
  return scope
end

local objects = {
  { "task", function() return neap.spawn(nothing) end, task_methods },
  { "task's own thread", function()
    local own
    task_face.spawn(function() own = neap.current() end)
    return own
  end, task_methods },
  { "future", function() return neap.future("more") end, {
    done = {}, reject = { "err anything" }, resolve = { "value anything" }, wait = {},
  } },
  { "channel", function() return neap.channel(1, "more") end, {
    close = {}, each = { "fn callable" }, len = {}, recv = {}, send = { "value anything" },
    sending = { "value anything" }, try_recv = {},
    try_send = { "value anything" }, wait = {},
  } },
  { "channel:sending()", function() return neap.channel(1):sending("value") end, { wait = {} } },
  { "event", function() return neap.event("more") end, {
    clear = {}, done = {}, set = {}, wait = {},
  } },
  { "semaphore", function() return neap.semaphore(0, "more") end,
    semaphore_methods { "count count" } },
  { "timer", function() return neap.timer("1s", "more") end, { done = {}, wait = {} } },
  { "interval", function() return neap.interval("1s", "more") end, { reset = {}, wait = {} } },
  { "mutex", function()
    local mutex = neap.mutex("more")
    mutex:acquire()
    return mutex
  end, semaphore_methods { "count count", raises = "more of a mutex than is held" } },
  { "pool", function() return neap.pool(1, "more") end, pool_methods },
  { "scope", new_scope, { cancel = {}, pool = { "size size" }, spawn = { "fn callable" } } },
  { "scope's pool", function() return new_scope():pool(1, "more") end, pool_methods },
  { "ward.async task", function() return ward.spawn(nothing) end, {
    cancel = {}, detach = {}, done = {}, wait = {},
  } },
  { "ward.time timeout", function() return time.timeout(neap.future(), "1s") end, { wait = {} } },
  { "ward.time duration", function() return time.duration("1s") end, {
    abs = {}, micros = {}, millis = {}, nanos = {}, neg = {}, seconds = {},
  } },
  { "ward.time point", time.now, { micros = {}, millis = {}, timestamp = {} } },
  { "ward.time instant", time.instant_now, { elapsed = {} } },
  { "async_await future", right.started_future, { wait = {} } },
}

-- What a method called without self raises.
local BAD_SELF =
  ": calling '[%w_]+' on bad self %(%l+ expected, got nil%): write %l+:[%w_]+%(.*%)$"

-- Methods that neap's parts call, with what they have checked; and those that Lua calls.
local inner = {}
for name in ([[
  above add_finalizer begin check_open claim conclude describe ended every failed hold
  is_awaited is_ready join kill leave mutex needs new observe own park pass_on place_to_wait
  raise remove remove_finalizer request_cancel restart wake wake_all within yielded __add __call
  __eq __le __lt __mul __sub __tostring __unm
]]):gmatch("%S+") do inner[name] = true end


-- How a function is called, and what must hold after that.

local here = select(2, pcall(function() error("") end)):match("^(.*):%d+: $")

local function call(fn, arguments)
  local results = pack(fn(unpack(arguments, 1, arguments.n)))
  return results
end

-- What the VM says of neap's own doings, which a user cannot know.
local internal = {
  "attempt to", "'for'", "stack overflow", "index is n", "invalid value", "out of range",
  "integer representation",
}
local own_files = { "neap[/\\]", "neap%.lua:", "lua[/\\]%a" }

local function shows(patterns, text)
  for _, pattern in ipairs(patterns) do
    if text:find(pattern) then return true end
  end
  return false
end

local function shows_internals(text) return shows(internal, text) or shows(own_files, text) end

local reports = {}
local function collect(err) reports[#reports + 1] = tostring(err) end
neap.on_error(collect)

local function living()
  local set = {}
  for _, task in ipairs(neap.tasks()) do set[task] = true end
  return set
end

-- Calls a function in a task of its own, and cancels what has begun with that: also the call, if it
-- waits. Gives whether it has returned, nil if it waits; its error; and how many tasks it leaves.
local function attempt(fn, make_arguments)
  local before, left, ok, err = living(), 0, nil, nil
  local arguments = make_arguments()
  local made = living()
  local caller = neap.spawn(function() ok, err = pcall(call, fn, arguments) end)
  for _ = 1, 4 do neap.yield() end
  caller:cancel()
  for _, task in ipairs(neap.tasks()) do
    if not made[task] then left = left + 1 end
    if not before[task] then task:cancel() end
  end
  neap.yield()
  for task in pairs(living()) do
    if not before[task] then problem("is left for ever:", tostring(task)) end
  end
  neap.on_error(collect)
  neap.debug(false)
  return ok, err, left
end

local function kind_of(argument) return argument:match("%S+$") end

local function takes_of(argument)
  local set, first = {}, nil
  for label in kinds[kind_of(argument)]:gmatch("%S+") do
    set[label], first = true, first or label
  end
  return set, first
end

-- Calls it with right arguments, but for the one in a place; and with more behind them.
local function attempt_with(subject, place, other, more)
  return attempt(subject.fn, function()
    local arguments = { n = 0 }
    local function add(value)
      arguments.n = arguments.n + 1
      arguments[arguments.n] = value
    end
    if subject.make_self then add(subject.make_self()) end
    for i, argument in ipairs(subject.signature) do
      local _, first = takes_of(argument)
      add((i == place and other or right[first])())
    end
    for _, label in ipairs(more or {}) do add(values[label]()) end
    return arguments
  end)
end

local function try_right(subject, label, ...)
  local ok, err = attempt_with(subject, ...)
  if ok ~= false then return end
  local raises, text = subject.signature.raises, tostring(err)
  local is_expected = raises and text:find(raises, 1, true) and not shows(own_files, text)
  -- What is locked was called, and could not be.
  local cannot_be_called = label == "locked" and text:find("attempt to call ", 1, true)
  if not (is_expected or cannot_be_called) then problem(label .. ":", err) end
end

-- Gives what is told of a wrong argument.
local function try_wrong(subject, label, place, ...)
  local ok, err, left = attempt_with(subject, place, ...)
  if ok == nil then
    problem(label .. ":", "it waits")
  elseif ok then
    problem(label .. ":", "it is taken")
  else
    local file, number, name, what =
      tostring(err):match("^(.-):%d+: bad argument #(%d) to '(.-)' %((.-)%)$")
    local is_clear = file == here and tonumber(number) == place and name == subject.name
      and (what:find(" expected") or what:find(" must ")) and not shows_internals(what)
    if not is_clear then problem(label .. ":", err) end
    if left > 0 then problem(label .. ":", "leaves a task") end
    return what
  end
end

local function walk_arguments(subject)
  for place, argument in ipairs(subject.signature) do
    local name, takes = argument:match("^%S+"), takes_of(argument)
    local told = takes["nil"] and "anything" or "true"
    for _, label in ipairs(keys_in_order(values)) do
      if takes[label] then
        try_right(subject, label, place, values[label])
      elseif label ~= subject.signature.skips then
        local what = try_wrong(subject, label, place, values[label])
        if label == "true" then told = what end
      end
    end
    for i, value in ipairs(wrong[kind_of(argument)] or {}) do
      try_wrong(subject, "wrong one, no. " .. i, place, always(value))
    end
    print("  " .. name .. ": " .. tostring(told))
  end
  try_right(subject, "right ones")
  try_right(subject, "too many", nil, nil, { "nil", "true", "table", "cyclic", "-1" })
end

-- Walks through what is there, beside what the table says.
local function walk(title, there, signatures, make_self)
  for _, name in ipairs(keys_in_order(there)) do
    if type(there[name]) == "function" and not (signatures[name] or make_self and inner[name]) then
      problem(title .. name .. " is not in this walk")
    end
  end
  for _, name in ipairs(keys_in_order(signatures)) do
    local fn, signature, names = rawget(there, name), signatures[name], {}
    for i, argument in ipairs(signature) do names[i] = argument:match("^%S+") end
    print(title .. name .. "(" .. table.concat(names, ", ") .. ")")
    if type(fn) == "function" then
      walk_arguments { fn = fn, name = name, signature = signature, make_self = make_self }
    else
      problem("is in this walk, and not there")
    end
    if fn and make_self then
      local ok, err = attempt(fn, function() return { n = 0 } end)
      local is_told = ok == false and tostring(err):find(BAD_SELF) and not shows_internals(err)
      if not is_told then problem("without self:", err) end
    end
  end
end

for _, module in ipairs(modules) do walk(module[1] .. ".", module[2], module[3]) end
for _, object in ipairs(objects) do
  walk(object[1] .. ":", getmetatable(object[2]()).__index, object[3], object[2])
end


print("what callback and async make takes anything")
local function resume(...)
  local given
  neap.spawn(neap.callback, function(it) given = it end)
  neap.yield()
  given(...)
  given(...)
end
walk_arguments { fn = resume, name = "resume", signature = { "first anything", "last anything" } }
local async = neap.async(nothing)
walk_arguments { fn = async, name = "async", signature = { "first anything", "last anything" } }


print("operators of ward.time tell at the line of the operation")
local operators = {
  ["+"] = function(a, b) return { a + b } end,
  ["-"] = function(a, b) return { a - b } end,
  ["*"] = function(a, b) return { a * b } end,
  ["<"] = function(a, b) return { a < b } end,
  ["<="] = function(a, b) return { a <= b } end,
  ["=="] = function(a, b) return { a == b } end,
}
local function try_operator(operator, label, make, make_other)
  for i = 1, 2 do
    local ok, err = attempt(operators[operator], function()
      local a, b = make("1s"), make_other()
      if i == 2 then a, b = b, a end
      return { n = 2, a, b }
    end)
    -- Who has a string for its left operand may be called by Lua's own string library.
    local is_told = ok or tostring(err):match("^(.-):%d+: ") == here
      or type(values[label] and values[label]()) == "string" and err:find("^bad argument")
    if not is_told then problem(operator, label .. ":", err) end
  end
end
for _, operator in ipairs(keys_in_order(operators)) do
  for _, make in ipairs { time.duration, time.now, time.instant_now } do
    for _, label in ipairs(keys_in_order(values)) do
      try_operator(operator, label, make, values[label])
    end
    for i, value in ipairs(wrong.ward_duration) do
      try_operator(operator, "wrong one, no. " .. i, make, always(value))
    end
  end
end


print("a name that neap does not have is told")
for _, label in ipairs(keys_in_order(values)) do
  local ok, err = pcall(function() return neap[values[label]()] end)
  if ok or err:match("^(.-):%d+: neap has no '") ~= here or shows_internals(err) then
    problem(label .. ":", err)
  end
end


print("an error passes through a wait with too many arguments")
local failing = neap.spawn(error, "storm", 0)
for _, label in ipairs(keys_in_order(values)) do
  local waiting = neap.spawn(function() failing:wait(values[label](), values[label]()) end)
  local selecting = neap.spawn(neap.select, { failing }, nil, values[label]())
  for _, task in ipairs { waiting, selecting } do
    local ok, err = pcall(task.wait, task, values[label]())
    if ok or err ~= "storm" then problem(label .. ":", err) end
  end
end


collectgarbage()
neap.yield()
for _, report in ipairs(reports) do
  if shows_internals(report) and not report:find("attempt to call", 1, true) then
    problem("reported:", report)
  end
end

-- The host is asked to sleep so long, and for no less: no timer was left.
local asked, sleep = {}, virtual.sleep
virtual.sleep = function(seconds)
  asked[#asked + 1] = seconds
  return sleep(seconds)
end
if virtual.now() > 0 then problem("time has passed") end
neap.sleep(1e300)
if #asked ~= 1 or asked[1] ~= 1e300 then problem("a timer is left") end
virtual.sleep = sleep

print(problems .. (problems == 1 and " problem" or " problems"))
