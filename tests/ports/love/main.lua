-- Three ships pass a lock that has room for one. Each is a task that waits whenever its ship does.
-- From the package's root: LUA_PATH="lua/?.lua;;" love tests/ports/love

local neap = require "neap"

local lock, lock_is_open = neap.mutex(), false
local ships, frames, longest = {}, 0, 0

--- Moves a ship to a place in so many seconds, a step each frame.
local function sail(ship, x, seconds)
  local start, from, part = love.timer.getTime(), ship.x, 0
  while part < 1 do
    neap.yield()
    part = math.min((love.timer.getTime() - start) / seconds, 1)
    ship.x = from + (x - from) * part
  end
end

local function voyage(ship, delay)
  neap.sleep(delay)
  print(ship.name .. " sails")
  sail(ship, 200, 0.3)
  lock:with(function()
    print(ship.name .. " is in the lock")
    frames, longest, lock_is_open = 0, 0, false
    neap.sleep("300ms")
    lock_is_open = true
    print(("meanwhile %d frames, the longest took %d ms"):format(frames, longest * 1000))
  end)
  sail(ship, 440, 0.1)
  print(ship.name .. " is at " .. ship.x)
end

function love.load()
  local tasks = {}
  for i, name in ipairs { "Ebb", "Flood", "Slack" } do
    ships[i] = { name = name, x = 0, y = 20 + 40 * (i - 1) }
    tasks[i] = neap.spawn(voyage, ships[i], i * 0.02)
  end
  neap.spawn(function()
    neap.all(tasks)
    love.event.quit()
  end)
end

function love.update(seconds)
  frames, longest = frames + 1, math.max(longest, seconds)
  neap.step()
end

function love.draw()
  love.graphics.rectangle(lock_is_open and "line" or "fill", 240, 0, 4, 160)
  for _, ship in ipairs(ships) do
    love.graphics.print(ship.name, ship.x, ship.y)
    love.graphics.rectangle("fill", ship.x, ship.y + 16, 30, 8)
  end
end
