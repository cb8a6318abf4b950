-- A function made by async gets the arguments that it was called with, no more and no less.
local function count(...) print(select("#", ...), ...) end
for _, async in ipairs { require("neap").async, require("async_await").async } do
  local start = async(count)
  start()
  start(nil)
  start(1, nil, nil)
end
local neap = require "neap"
neap.await(neap.async(count))
neap.await(neap.async(count), nil, 2)
neap.await(count, nil)
