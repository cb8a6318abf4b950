-- callback calls a function with `resume` as its last argument, and gives what resume gets.
local neap = require "neap"

local kept
local function later(name, resume)
  kept = resume
  print("called with", name, type(resume))
end
local task = neap.spawn(function()
  print("got", neap.callback(later, "a name"))
  return "done"
end)
neap.yield()
print("it waits", task:status())
print("resume", kept("a", nil, "c", nil))
print("resume again", kept("ignored"))
print(task:wait())

print("resumed within the call", neap.callback(function(resume)
  print("resume", resume("at once"))
  print("resume again", resume("ignored"))
end))
print("no argument but nils", neap.callback(function(first, second, resume)
  resume(first, second, "end")
end, nil, nil))
print("an error in the call", pcall(neap.callback, function() error("a failure", 0) end))
