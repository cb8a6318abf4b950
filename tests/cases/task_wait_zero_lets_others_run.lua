-- Tasks that wait for 0 seconds take turns.
for _, name in ipairs { "a", "b", "c" } do
  task.spawn(function()
    for turn = 1, 3 do
      print(name .. turn)
      task.wait(0)
    end
  end)
end
print("script ends")
