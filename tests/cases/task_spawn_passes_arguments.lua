-- What stands after the function goes to it as arguments, nils included.
task.spawn(function(name, count)
  for i = 1, count do print(name .. " " .. i .. " of " .. count) end
end, "worker", 3)

task.spawn(function(...)
  print(select("#", ...), ...)
end, nil, "middle", nil)

task.spawn(function(...) print("without any: " .. select("#", ...)) end)
