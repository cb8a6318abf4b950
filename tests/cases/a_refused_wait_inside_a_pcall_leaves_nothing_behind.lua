-- A wait that the VM refuses, for a C function stands between, leaves its task where it was, also
-- if a pcall stands between, too, and wherever that is.
local neap = require "neap"

local function sleep_in_pcall()
  return neap.pcall(neap.sleep, 1)
end

local function refused(what, fn, ...)
  pcall(fn, ...)
  print(what, "slept " .. neap.sleep(2), #neap.tasks() .. " task", neap.current():status())
end

local function try(where)
  refused(where .. ", gsub:", string.gsub, "x", "x", sleep_in_pcall)
  refused(where .. ", sort:", table.sort, { 2, 1 }, sleep_in_pcall)
  refused(where .. ", pcall around it:", neap.pcall, string.gsub, "x", "x", sleep_in_pcall)
  refused(where .. ", twice:", string.gsub, "xx", "x", function()
    pcall(sleep_in_pcall)
    pcall(sleep_in_pcall)
  end)
  print(where .. ", a pcall still waits:", neap.pcall(neap.sleep, 1))
end

try("script")
neap.pcall(try, "in a pcall")
