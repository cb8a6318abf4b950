-- A nil is a result like any other, and none is lost at the end, on every way that results take.
local neap = require "neap"

local function show(label, ...)
  local shown = { n = select("#", ...), ... }
  for i = 1, shown.n do shown[i] = tostring(shown[i]) end
  print(label .. ": " .. select("#", ...) .. " results: " .. table.concat(shown, ", "))
end

local function results(...)
  neap.yield()
  return ...
end

show("nothing", neap.spawn(results):wait())
show("one nil", neap.spawn(results, nil):wait())
show("nils at the end", neap.spawn(results, 1, nil, nil):wait())
show("nils within", neap.spawn(results, nil, 2, nil, 4):wait())
show("await", neap.await(neap.spawn(results, nil, false, nil)))
show("async", neap.await(neap.async(results), nil, "x", nil))
show("pcall", neap.pcall(results, nil, nil))
show("select", neap.select { neap.spawn(results, nil, nil) })

local future = neap.future()
neap.spawn(function() future:resolve(nil, "x", nil) end)
show("future, waited for", future:wait())
show("future, settled", future:wait())
