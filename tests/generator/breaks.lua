--- Bugs that neap has had, or might have, put in on purpose: the generated programs are to find
-- each (`tests/soak.sh breaks`). The list has, for each: what is broken, in which module, a piece
-- of its code, and what stands there instead.

local vm = require "neap.kernel.vm"

local breaks = {
  {
    "a finalizer that waits while another does is lost", "neap.kernel.joined",
    "if waiter.is_concluding and not was_concluding then return end",
    "if waiter.is_concluding then return end",
  },
  {
    "all and any hang in a finalizer", "neap.structured.combine",
    "if task.is_concluding and not was_concluding then",
    "if task.is_concluding then",
  },
  {
    "the pcalls of a refused wait are taken for the next one's", "neap.task.user",
    "task.chain = callers[thread] and {} or false",
    "task.chain = false",
  },
  {
    "what a cancelled receiver was handed is dropped", "neap.sync.channel",
    "return store.give_back(self, value, ticket)",
    "return value and ticket",
  },
  {
    "the permit of a cancelled waiter is lost", "neap.sync.semaphore",
    "    waiter:wake(self)\n  else",
    "    waiter:wake()\n  else",
  },
  {
    "a channel that is closed leaves its senders waiting", "neap.sync.channel",
    "    self.senders:wake_all()\n",
    "",
  },
  {
    "the losers of a select stay parked", "neap.structured.select",
    "    if arm.place then arm.place:remove(arm) end",
    "    if arm.place and i < 3 then arm.place:remove(arm) end",
  },
  {
    "the timer of a timeout is left", "neap.structured.timeout",
    "  if self.place then self.place:remove(self) end",
    "",
  },
  {
    "a scope forgets to count a child that fails after another", "neap.structured.scope",
    "  self.count = self.count - 1\n  if child.state",
    "  if not self.failed then self.count = self.count - 1 end\n  if child.state",
  },
  {
    "the place of a cancelled job is not given on", "neap.structured.pool",
    "if self.jobs[job] then self.running",
    'if self.jobs[job] and job.state ~= "cancelled" then self.running',
  },
  {
    "a cancelled task stays in the ready queue", "neap.kernel.queue",
    "    ready[index] = false\n",
    "",
  },
  {
    "a timer that leaves the heap spoils its order", "neap.kernel.timers",
    "move_up(self, sink(self, slot, size - 1), last, deadline)",
    "move_up(self, slot, last, deadline)",
  },
}

--- Has `require` load a module with a bug.
---@param number integer  of the bug in the list
---@return string  what is broken
local function put_in(number)
  local name, module, is, was = vm.unpack(breaks[number])
  package.preload[module] = function(...)
    local path = "lua/" .. module:gsub("%.", "/") .. ".lua"
    local file = assert(io.open(path))
    local text = file:read("*a")
    file:close()
    local first, last = text:find(is, 1, true)
    assert(first, path .. " does not say any more: " .. is)
    return assert(vm.load(text:sub(1, first - 1) .. was .. text:sub(last + 1), "@" .. path))(...)
  end
  return name
end

return { list = breaks, put_in = put_in }
