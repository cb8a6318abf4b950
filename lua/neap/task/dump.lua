--- Everyone who lives, in words: as a tree, who waits for what, and where.
--
-- A task stands below what it belongs to: a scope, a pool, a `timeout`, and those below the task
-- that made them. Where `neap.debug(true)` keeps a history, it stands below who spawned it,
-- and it is known for how long it has waited.

local clock = require "neap.kernel.clock"
local cycles = require "neap.task.cycles"
local listing = require "neap.kernel.listing"
local positions = require "neap.kernel.positions"
local runs = require "neap.kernel.runs"
local history = require "neap.task.history"

local huge, tostring = math.huge, tostring
local state = runs.state

local dump = {}


--- Seconds as text, to the millisecond.
local function seconds(number)
  local rounded = number * 1000 + 0.5
  return ("%g s"):format((rounded - rounded % 1) / 1000)
end


--- What a waiter waits for, with the time that is left, and where it does.
---@param thread thread|false|nil  where it waits
---@return string
function dump.wait_of(waiter, thread)
  local place = waiter.place
  if not place then return "nothing" end
  local due = place.due and place:due(waiter)
  local left = due and due < huge and " (" .. seconds(due - clock.now()) .. " left)" or ""
  local where = thread and positions.of(thread)
  return place:describe(waiter) .. left .. (where and " at " .. where or "")
end


--- What a task does.
local function activity_of(task)
  local text
  local since = history.since(task)
  local time = since and " for " .. seconds(clock.now() - since) or ""
  if task.place then
    text = "waits for " .. dump.wait_of(task, task.thread or task.target) .. time
  elseif task:status() == "running" then
    text = "runs"
  else
    local where = task.thread and positions.of(task.thread)
    text = "is ready" .. (where and " at " .. where or "") .. time
  end
  if task.state == "pending" then
    text = "has not begun, " .. text
  elseif task.state == "ending" then
    local outcome = task.outcome.state
    text = (outcome == "cancelled" and "was " or "has ") .. outcome .. ", a finalizer " .. text
  end
  local spawned = history.spawned_at(task)
  return text .. (spawned and ", spawned at " .. spawned or "")
end


--- The tree: for each who has somebody below, those in order; and who stands below nobody that
-- lives.
---@param tasks neap.inside.Task[]
local function grow(tasks)
  local below, roots, has_place = {}, {}, {}

  local function hang(node)
    has_place[node] = true
    local parent = node:above()
    while parent and parent.id and parent:done() do parent = parent:parent() end
    if not parent then
      roots[#roots + 1] = node
      return
    end
    local list = below[parent] or {}
    below[parent] = list
    list[#list + 1] = node
    if not has_place[parent] then hang(parent) end
  end

  for i = 1, #tasks do
    if not has_place[tasks[i]] then hang(tasks[i]) end
  end
  return roots, below
end


local function write_below(write, nodes, below, indent)
  for i = 1, #nodes do
    local node = nodes[i]
    write(indent .. tostring(node) .. (node.id and " " .. activity_of(node) or ""))
    if below[node] then write_below(write, below[node], below, indent .. "  ") end
  end
end


--- Writes who lives in the run that is in place.
local function write_run(write, indent, tasks)
  local roots, below = grow(tasks)
  local host = state.goal
  if host and host.place then
    write(indent .. "the host thread waits for " .. dump.wait_of(host, state.driver))
  end
  write_below(write, roots, below, indent)
  local circles = cycles.find()
  for i = 1, #circles do
    write(indent .. "a cycle of waits: " .. cycles.describe(circles[i]))
  end
end


--- Writes a line for each living task, as a tree.
---@param write fun(line: string)
function dump.write(write)
  local home, tasks = state.home, listing.all()
  write("neap: " .. #tasks .. (#tasks == 1 and " task" or " tasks"))
  write_run(write, "  ", tasks)
  if not home then return end
  local others = {}
  runs.each(function(run) if run ~= home then others[#others + 1] = run end end)
  for i = 1, #others do
    runs.enter(others[i])
    write("  another run:")
    write_run(write, "    ", listing.all())
    runs.enter(home)
  end
end

return dump
