--- A script under a schedule, in a Lua of its own, as `neap explore` runs it: what it prints is
-- dropped, and os.exit ends that run alone.

---@diagnostic disable: need-check-nil
local trial = require "neap.explore.trial"
local vm = require "neap.kernel.vm"

local assert, tonumber, tostring = assert, tonumber, tostring

--- Lets print, io.write and io.stdout write to nowhere. It is a real file, with all that a file can
-- do.
local function drop_output()
  vm.set_global("print", function() end)
  local io, package = vm.global_value("io"), vm.global_value("package")
  if not io then return end
  local is_windows = package.config:sub(1, 1) == "\\"
  io.stdout = assert(io.open(is_windows and "NUL" or "/dev/null", "w"))
  io.output(io.stdout)
end


--- What os.exit is in here.
local function exit(code)
  local is_well = code == nil or code == true or tonumber(code) == 0
  return trial.exit(not is_well and "os.exit(" .. tostring(code) .. ")" or nil)
end


--- Runs the script.
---@param schedule string
---@param go fun(): boolean, string?  see neap.explore.trial
---@param options neap.TrialOptions
---@return neap.Outcome
return function(schedule, go, options)
  drop_output()
  local os = vm.global_value("os")
  if os and os.exit then os.exit = exit end
  return trial.run(schedule, go, options)
end
