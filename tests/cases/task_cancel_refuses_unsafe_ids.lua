-- Ids over 2^53 are not exact numbers; task.cancel says so instead of ending the wrong task.
local function try(label, id)
  local cancelled, err = task.cancel(id)
  local short = err and err:match("exceeds safe integer range %(2^53%)")
  print(label, cancelled, short)
end
try("2^53", 2 ^ 53)
try("2^53 + 2", 2 ^ 53 + 2)
try("2^60", 2 ^ 60)
try("infinite", math.huge)
try("NaN", 0 / 0)
try("negative", -1)
try("a fraction", 1.5)
