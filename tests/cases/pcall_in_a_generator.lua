-- In a user's own coroutine plain yields pass through pcall, both ways.
local function generator()
  return coroutine.create(function(first)
    print("generator: begins with " .. first)
    local ok, err = pcall(function()
      for i = 1, 2 do print("generator: got", coroutine.yield(i, nil)) end
      local inner = { pcall(coroutine.yield, "through two pcalls") }
      print("generator: got", inner[1], inner[2])
      error("raised between the yields", 0)
    end)
    print("generator: caught", ok, err)
    return "end"
  end)
end
local function drain(co)
  for i = 1, 4 do print("user:", coroutine.resume(co, "value " .. i)) end
  print("user: it is " .. coroutine.status(co))
end
drain(generator())
require("neap").spawn(function()
  print("and inside a pcall of a task's:")
  pcall(drain, generator())
end):wait()
