--- Random numbers that are the same on every VM, for the same seed.
--
-- Two multiplicative generators, combined (P. L'Ecuyer, "Efficient and Portable Combined Random
-- Number Generators", 1988). No product in here reaches 2^47, so that a double holds it exactly.

local floor = math.floor

local M1, M2 = 2147483563, 2147483399

--- How many numbers are thrown away first: neighbouring seeds begin alike.
local WARM_UP = 8


--- Makes a generator.
---@param seed number  a whole number from 0 to 2^53
---@return fun(n: integer): integer below  returns a number from 0 to n - 1
return function(seed)
  local a, b = seed % (M1 - 1) + 1, floor(seed / (M1 - 1)) % (M2 - 1) + 1

  local function below(n)
    a, b = 40014 * a % M1, 40692 * b % M2
    return floor((a - b) % (M1 - 1) / (M1 - 1) * n)
  end

  for _ = 1, WARM_UP do below(1) end
  return below
end
