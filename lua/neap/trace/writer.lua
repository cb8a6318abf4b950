--- Writes a trace as text: events of the Trace Event Format, one a line, in an array.
--
-- Making this text is most of what a recording costs. So events are put together from pieces that
-- exist already, in one array that becomes text when it is long (to make a string for each event is
-- slow in some VMs, whose string tables are bad at long strings that differ in a digit); the digits
-- of a time come from tables; and an event is closed by the beginning of the next (`writer.NEXT`),
-- which saves a piece. What is handed on are whole events.

local concat, rep = table.concat, string.rep

local writer = {}

--- What stands between two events.
writer.NEXT = "},\n"
local NEXT = writer.NEXT

--- After how many pieces a text is handed on.
local MANY = 4000

--- How many quoted texts are remembered.
local MANY_TEXTS = 1000

--- Texts of the numbers 0 to 999: "007", "7", ".007", ',"dur":7' and '.007,"ts":'.
local padded, plain, thousandths, after_dur, thousandths_before_ts = {}, {}, {}, {}, {}


local function make_digits()
  for i = 0, 999 do
    padded[i], plain[i] = ("%03d"):format(i), ("%d"):format(i)
    thousandths[i], after_dur[i] = "." .. padded[i], ',"dur":' .. plain[i]
    thousandths_before_ts[i] = thousandths[i] .. ',"ts":'
  end
end


--- A time in microseconds, with three decimals.
---@param time number  whole nanoseconds
---@return string
function writer.microseconds(time)
  local part = time % 1000000
  local rest = part % 1000
  local micros = (part - rest) / 1000
  if time < 1000000 then return plain[micros] .. thousandths[rest] end
  return ("%.0f"):format((time - part) / 1000000) .. padded[micros] .. thousandths[rest]
end
local microseconds = writer.microseconds


local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r" }

local function escape(char) return escapes[char] or ("\\u%04x"):format(char:byte()) end

--- How many bytes follow the first one of a character in UTF-8; 0: it begins none.
local function following(first)
  return first < 0xC2 and 0 or first < 0xE0 and 1 or first < 0xF0 and 2 or first < 0xF5 and 3 or 0
end

--- A byte that is not ASCII, and the continuation bytes after it: each that is not UTF-8 becomes
-- "?".
local function repair(bytes)
  local first, second = bytes:byte(1, 2)
  local count = following(first)
  local is_wrong = count == 0 or #bytes <= count
    or first == 0xE0 and second < 0xA0 or first == 0xED and second > 0x9F
    or first == 0xF0 and second < 0x90 or first == 0xF4 and second > 0x8F
  local length = is_wrong and 0 or count + 1
  return bytes:sub(1, length) .. rep("?", #bytes - length)
end


--- Wraps a function of a text, so that results are remembered: most texts come again and again.
local function remembering(fn)
  local known, count = {}, 0
  return function(text)
    local made = known[text]
    if made then return made end
    if count == MANY_TEXTS then known, count = {}, 0 end
    made = fn(text)
    known[text], count = made, count + 1
    return made
  end
end


--- A text as JSON, with its quotes; what is not UTF-8 in it becomes question marks. It may stand in
-- a script of a page: that `</script>` would end, and `<!--<script>` would keep from ending.
---@type fun(text: string): string
writer.quote = remembering(function(text)
  if text:find('[%c"\\<\128-\255]') then
    text = text:gsub('[%c"\\]', escape):gsub("</", "<\\/"):gsub("<!", "\\u003c!")
      :gsub("[\128-\255][\128-\191]*", repair)
  end
  return '"' .. text .. '"'
end)


--- Makes a writer: three functions. The first event goes by `add`.
---@param write fun(text: string)
---@return fun(...: string|integer?) add  adds an event, in four to ten pieces; the last brace
--- comes with the next event
---@return fun(head: string, key: string, length: number, start: string) add_slice  begins one that
--- has a length; what is left of it goes by `add_more`
---@return fun(a: string, b: string?, c: string?, d: string?) add_more
---@return fun() add_end
function writer.new(write)
  if not plain[0] then make_digits() end
  local pieces, count, before = {}, 0, "[\n"
  local has_written = false

  --- Hands on all events. The state is changed first, for `write` may never return.
  local function flush()
    local text = concat(pieces, "", 1, count) .. "}"
    if has_written then text = text:sub(2) end
    count, has_written = 0, true
    return write(text)
  end

  local function add(a, b, c, d, e, f, g, h, i, j)
    if count > MANY then flush() end
    local n = count
    pieces[n + 1], pieces[n + 2], pieces[n + 3], pieces[n + 4], pieces[n + 5] = before, a, b, c, d
    count, before = n + 5, NEXT
    if not e then return end
    pieces[n + 6], pieces[n + 7], pieces[n + 8] = e, f or "", g or ""
    pieces[n + 9], pieces[n + 10], pieces[n + 11] = h or "", i or "", j or ""
    count = n + 11
  end

  local function add_slice(head, key, length, start)
    if count > MANY then flush() end
    local n = count
    pieces[n + 1], pieces[n + 2], pieces[n + 5] = head, key, start
    if length < 1000000 then
      local rest = length % 1000
      pieces[n + 3], pieces[n + 4] = after_dur[(length - rest) / 1000], thousandths_before_ts[rest]
    else
      pieces[n + 3], pieces[n + 4] = ',"dur":' .. microseconds(length), ',"ts":'
    end
    count = n + 5
  end

  local function add_more(a, b, c, d)
    local n = count
    pieces[n + 1], pieces[n + 2], pieces[n + 3], pieces[n + 4] = a, b or "", c or "", d or ""
    count = n + 4
  end

  local function add_end()
    flush()
    write("\n]\n")
  end

  return add, add_slice, add_more, add_end
end

return writer
