-- A harbour: three crews unload the ships (a worker pool), the quay has room for two that wait, so
-- the pilot must wait as well (back-pressure), and whoever takes longer than half a second is sent
-- back to sea (a timeout), which still frees the crane (a finalizer).
local neap = require "neap"

local quay = neap.channel(2)
local ships = {
  { "Aurora", "120ms" }, { "Borealis", "200ms" }, { "Cormorant", "3s" }, { "Dunlin", "150ms" },
  { "Egret", "60ms" }, { "Fulmar", "110ms" }, { "Gannet", "80ms" },
}

local function unload(name, time)
  neap.finally(print, "", "the crane is free again after " .. name)
  neap.sleep(time)
  return name .. " is empty"
end

local function crew(number)
  local unloaded = 0
  quay:each(function(ship)
    local job = neap.spawn(unload, ship[1], ship[2]):name(ship[1])
    local index, report = neap.select({ job }, "500ms")
    if index then
      print("crew " .. number, report)
      unloaded = unloaded + 1
    else
      job:cancel()
      print("crew " .. number, ship[1] .. " is too slow: back to sea")
    end
  end)
  return unloaded
end

local crews = {}
for number = 1, 3 do crews[number] = neap.spawn(crew, number):name("crew " .. number) end

for _, ship in ipairs(ships) do
  quay:send(ship)
  print("pilot", ship[1] .. " is at the quay")
end
quay:close()

local total = 0
for _, task in ipairs(crews) do total = total + task:wait() end
print("harbour", total .. " of " .. #ships .. " ships unloaded")
