function love.conf(t)
  t.window.title, t.window.width, t.window.height = "harbour", 480, 160
  for _, name in ipairs { "audio", "sound", "joystick", "physics", "video" } do
    t.modules[name] = false
  end
end
