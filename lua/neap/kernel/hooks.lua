--- What is called at the end of each tick, while it is needed.

local runs = require "neap.kernel.runs"

local state = runs.state
runs.declare("hooks", function() return {} end)
runs.declare("hook_count", 0)

local hooks = {}


--- Undoes `add`. A hook may remove itself.
---@param hook fun()
function hooks.remove(hook)
  local list = state.hooks
  for i = state.hook_count, 1, -1 do
    if list[i] == hook then
      list[i], list[state.hook_count] = list[state.hook_count], nil
      state.hook_count = state.hook_count - 1
    end
  end
end


--- Has a function called at the end of each tick, until `remove`.
---@param hook fun()
function hooks.add(hook)
  hooks.remove(hook)
  state.hook_count = state.hook_count + 1
  state.hooks[state.hook_count] = hook
end


--- Calls the hooks.
function hooks.run()
  local list = state.hooks
  for i = state.hook_count, 1, -1 do list[i]() end
end

return hooks
