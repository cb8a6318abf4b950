-- settle waits until all have ended, and raises nothing: it tells how each ended.
local neap = require "neap"
local clock = require("neap.hosts.virtual").now

neap.on_error(function(err) print("reported", err) end)
local boom = { code = 7 }
local cancelled = neap.spawn(neap.sleep, 100)
local outcomes = neap.settle {
  neap.spawn(function()
    neap.sleep(2)
    return "a", nil, "c", nil
  end),
  neap.spawn(error, boom),
  cancelled,
  neap.timer(1),
  neap.spawn(function() cancelled:cancel() end),
}
print(("%g s, %d outcomes"):format(clock(), #outcomes))
print(1, outcomes[1].ok, outcomes[1].n, outcomes[1][1], outcomes[1][2], outcomes[1][3])
print(2, outcomes[2].ok, outcomes[2].error == boom)
print(3, outcomes[3].ok, outcomes[3].error)
print(4, outcomes[4].ok, outcomes[4].n, outcomes[4][1])
print(5, outcomes[5].ok, outcomes[5].n)
print("of nothing", #neap.settle {})
