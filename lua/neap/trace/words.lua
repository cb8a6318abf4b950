--- What errors, and the things that tasks wait for, are called in a trace.

local awaitable = require "neap.kernel.awaitable"
local fields = require "neap.fields"
local writer = require "neap.trace.writer"

local setmetatable, tostring, type = setmetatable, tostring, type
local is_own, quote = awaitable.is_own, writer.quote

local weak = { __mode = "k" }

local words = {}


--- The first line of an error. No code of the user's is called.
function words.of_error(err)
  local kind = type(err)
  if kind == "table" then return fields.describe(err) end
  local has_text = kind == "string" or kind == "number" or kind == "boolean" or kind == "nil"
  return has_text and tostring(err):match("^[^\r\n]*") or "(a " .. kind .. ")"
end


--- What a place belongs to, if that is an object (a mutex, a channel) at which several may wait.
local function shared_thing(place)
  local thing = place.owner or place.wanted and place.wanted.owner or place
  return not thing.id and is_own(thing) and thing or nil
end


--- Makes a function that says what is waited for at a place, as a part of an event: a task, or an
-- object, which has the same name ("mutex 2") each time; nil for anything else.
---@return fun(place: table, description: string): string?
function words.namer()
  local names, count = setmetatable({}, weak), 0

  return function(place, description)
    if place.id then return '"task":' .. place.id end
    local thing = shared_thing(place)
    if not thing then return nil end
    local name = names[thing]
    if not name then
      count = count + 1
      name = description:gsub("%s*%(.*$", ""):gsub("^.* from ", ""):gsub("^.* on ", "")
        :gsub("^.* in ", ""):gsub("^an? ", "")
      name = '"on":' .. quote(name .. " " .. count)
      names[thing] = name
    end
    return name
  end
end

return words
