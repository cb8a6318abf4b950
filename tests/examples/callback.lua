local neap = require "neap"

local function ask_the_pilot(question, answer) -- any function that calls back
  neap.spawn(function()
    neap.sleep("10ms")
    answer(nil, question .. " At high water.")
  end)
end

local err, text = neap.callback(ask_the_pilot, "When?")
print(err, text)
