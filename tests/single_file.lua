--- Runs a script on the single file that `neap export --single-file` writes, and on nothing else of
-- neap's, as `neap run --virtual-time` would:
--
--     lua5.1 tests/single_file.lua DIR/neap.lua tests/cases/NAME.lua

local file, script = ...
local neap = assert(loadfile(file))()

local modules = {
  ["neap"] = neap,
  ["neap.hosts.virtual"] = neap.hosts.virtual,
  ["neap.explore"] = neap.explore,
  -- Cases that turn off what checks each tick elsewhere: here nothing does.
  ["neap.kernel.scheduler"] = { set_order = function() end },
  ["neap.trace"] = neap.trace,
  ["task"] = neap.faces.task,
  ["ward.async"] = neap.faces.ward_async,
  ["ward.time"] = neap.faces.ward_time,
  ["async_await"] = neap.faces.async_await,
}

rawset(_G, "require", function(name)
  return modules[name] or error("a case requires " .. tostring(name), 2)
end)

neap.use(neap.hosts.virtual)
local ok, text = neap.program.run(assert(loadfile(script)))
if not ok then error(text or "a failure was reported", 0) end
