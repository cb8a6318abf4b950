local neap = require "neap"

local seats, tickets = 3, 0

local function sell()
  if tickets == seats then return end     -- the ferry is full
  neap.sleep("10ms")                      -- the customer pays
  tickets = tickets + 1
end

local function come_back()
  neap.sleep("10ms")                      -- has gone for some money
  sell()
end

local customers = {}
for i = 1, seats do
  customers[i] = neap.spawn(sell):name("customer " .. i)
end
customers[4] = neap.spawn(come_back):name("customer 4")

neap.all(customers)
if tickets > seats then
  error(tickets .. " tickets for " .. seats .. " seats")
end
