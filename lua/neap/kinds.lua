--- What kinds of objects neap has, and the errors for methods that are called in a wrong way.
--
-- `channel.wait()` lacks the colon, `channel:recieve()` is misspelt: Lua's own message would name a
-- line of neap's, or nothing at all. So methods check their `self`. Those that are called often do
-- it only if that or their last argument is nil, as one of them is where the colon is missing.

local error, getmetatable, pairs, setmetatable, tostring, type =
  error, getmetatable, pairs, setmetatable, tostring, type
local min = math.min

local kinds = {}

--- The kind of objects that have a metatable.
local kind_of = setmetatable({}, { __mode = "k" })

--- The names that are not for users: they make objects, or are called by `select`, by the scheduler
-- and by other classes of neap's.
local internal = {
  new = true, mutex = true, every = true,
  park = true, remove = true, describe = true, pass_on = true, wake = true,
  wake_all = true, is_ready = true, is_awaited = true, place_to_wait = true, claim = true,
  ended = true, check_open = true, own = true, begin = true, needs = true, due = true, above = true,
}


--- What an object is called; nil for anything else.
---@return string?
function kinds.of(value) return kind_of[getmetatable(value)] end


--- Raises, at the line that called a method, unless its `self` is of a kind.
---@param kind string
---@param method string  its name
---@param arguments? string  what it is to be called with
function kinds.check(self, kind, method, arguments)
  local got = kind_of[getmetatable(self)]
  if got == kind then return end
  error(("calling '%s' on bad self (%s expected, got %s): write %s:%s(%s)"):format(
    method, kind, got or type(self), kind, method, arguments or ""), 3)
end


--- The distance between two words: how many letters to change, add, take away, or swap with the
-- next.
local function distance(a, b)
  local before, row = nil, {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local above = row
    row = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost)
      if before and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        best = min(best, before[j - 2] + 1)
      end
      row[j] = best
    end
    before = above
  end
  return row[#b]
end


--- The name that is nearest to one which does not exist.
---@param names table<string, any>
---@param name any
---@return string?  nil if none is near
function kinds.nearest(names, name)
  if type(name) ~= "string" then return nil end
  local nearest, least = nil, 3
  for known in pairs(names) do
    local far = distance(name, known)
    if far < least or far == least and nearest and known < nearest then
      nearest, least = known, far
    end
  end
  return nearest
end


--- Says of which kind the objects of a metatable are.
---@param kind string
function kinds.declare(metatable, kind) kind_of[metatable] = kind end


--- Has a misspelt method raise an error that names the right one. Any other name that a class does
-- not have is nil: programs ask objects of many kinds whether they have a `close` or a `destroy`.
-- Only for classes whose objects always have all their fields: each look at an absent one would end
-- here.
---@param class table  declared, and complete
function kinds.suggest(class)
  local public, kind = {}, kind_of[class]
  for name, member in pairs(class) do
    if type(member) == "function" and not internal[name] and not name:find("^__") then
      public[name] = true
    end
  end
  setmetatable(class, { __index = function(_, name)
    local nearest = #tostring(name) > 3 and not internal[name] and kinds.nearest(public, name)
    if not nearest then return nil end
    error(kind .. " has no '" .. name .. "': did you mean '" .. nearest .. "'?", 2)
  end })
end

return kinds
