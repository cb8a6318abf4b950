--- Runs generated programs, and says what they did:
--
--     lua5.1 tests/generator/main.lua WHAT FIRST COUNT [FAULT]
--
-- with LUA_PATH="lua/?.lua;tests/generator/?.lua;tests/?.lua". WHAT is
--
-- - "hash": prints a hash of what each program does under neap's own schedule, and one under
--   another; for every eighth its trace is part of that;
-- - "soak": runs each under these schedules, with the collector at work in one of them;
-- - "sweep": cancels each in each of its ticks;
-- - "faults": runs each with each fault (see faults.lua), or with those whose names contain FAULT;
-- - "break": a soak with the bug of the number FAULT (see breaks.lua), up to the first problem.

local arguments = arg or { ... }
local what, first, count = arguments[1], tonumber(arguments[2]), tonumber(arguments[3])
local programs, schedules, found = 0, 0, 0

local broken = what == "break" and require("breaks").put_in(tonumber(arguments[4]))

local faults = require "faults"
local run = require "run"

-- On LuaJIT and Lua 5.2 this may break neap (docs/how-it-works.md): it is tried if it is named.
local breaks = (rawget(_G, "jit") or _VERSION == "Lua 5.2") and "the_collector_calls_neap"
local names = {}
for name in pairs(faults) do
  if name:find(arguments[4] or "", 1, true) and (arguments[4] or name ~= breaks) then
    names[#names + 1] = name
  end
end
table.sort(names)

local function try(seed, options)
  schedules = schedules + 1
  local ok, hash, problems, ticks = pcall(run, seed, options)
  if not ok then problems = { hash } end
  if problems[1] and broken then
    print(("found by schedule %d: %s (%s)"):format(schedules, broken, tostring(problems[1])))
    os.exit(0)
  end
  if not ok then error(hash, 0) end
  if problems[1] then
    found = found + 1
    print(("seed %d, schedule %s, %s: %s"):format(seed, options.schedule or "fifo",
      options.fault or "cancelled at " .. tostring(options.cancel_at),
      table.concat(problems, "; ")))
  end
  return hash, ticks
end

for seed = first, first + count - 1 do
  programs = programs + 1
  local other = ("%d"):format(seed)
  if what == "hash" then
    local has_trace = seed % 8 == 0
    print(("%d %s %s"):format(seed, try(seed, { trace = has_trace }),
      (try(seed, { schedule = other, trace = has_trace }))))
  elseif what == "soak" or what == "break" then
    try(seed, { collects = seed % 2 == 0 })
    try(seed, { schedule = other, collects = seed % 2 == 1 })
  elseif what == "faults" then
    for _, name in ipairs(names) do
      try(seed, { fault = name, schedule = seed % 2 == 0 and other or nil })
    end
  else
    local _, ticks = try(seed, {})
    for tick = 1, ticks do
      try(seed, { cancel_at = tick, schedule = tick % 2 == 0 and other or nil })
    end
  end
end
if broken then
  print(("not found by %d schedules: %s"):format(schedules, broken))
  os.exit(1)
end
print(("%d programs, %d schedules, %d with problems"):format(programs, schedules, found))
