--- Reads the text of a Lua module: what it requires, and which of its own locals its functions
-- assign to. Both are given as a list of names and one of their lines.

local source = {}


--- Cuts a text into words, strings with their quotes, and signs; without comments.
local function tokens_of(text)
  local tokens, at, line = {}, 1, 1
  while at <= #text do
    local comment = text:match("^%-%-", at)
    local level = text:match("^%[(=*)%[", comment and at + 2 or at)
    local quote = text:match("^[\"']", at)
    local last
    if level then
      last = select(2, text:find("]" .. level .. "]", at, true))
    elseif comment then
      last = (text:find("\n", at, true) or #text + 1) - 1
    elseif quote then
      last = at
      repeat
        last = last + 1
        local char = text:sub(last, last)
        if char == "\\" then last = last + 1 end
      until char == quote
    else
      last = select(2, text:find("^[%w_]+", at)) or select(2, text:find("^[=~<>]=", at)) or at
    end
    local token = text:sub(at, last)
    if not comment and not token:find("^%s") then
      tokens[#tokens + 1] = { text = token, line = line, is_word = token:find("^[%a_]") ~= nil }
    end
    line, at = line + select(2, token:gsub("\n", "")), last + 1
  end
  -- So that one may look ahead.
  for _ = 1, 2 do tokens[#tokens + 1] = { text = "", line = line, is_word = false } end
  return tokens
end


local function note(names, lines, name, line)
  names[#names + 1], lines[#lines + 1] = name, line
end


--- The modules that are required by a constant name, inside of functions too.
---@param text string
---@return string[] names
---@return integer[] lines
function source.requires(text)
  local tokens, names, lines = tokens_of(text), {}, {}
  for i = 1, #tokens - 2 do
    -- Also pcall(require, "x"), and a function that is called try_require.
    local after = tokens[i + 1].text
    local argument = (after == "(" or after == ",") and tokens[i + 2].text or after
    local name = argument:match("^[\"'](.*)[\"']$") or argument:match("^%[=*%[(.*)%]=*%]$")
    if name and tokens[i].text:find("require$") then note(names, lines, name, tokens[i].line) end
  end
  return names, lines
end


local brackets = { ["("] = true, ["["] = true, ["{"] = true }
local blocks = { ["while"] = true, ["if"] = true, ["repeat"] = true }
local ends = { [")"] = true, ["]"] = true, ["}"] = true, ["end"] = true, ["until"] = true }
local joints = { ["."] = true, [":"] = true, [","] = true }

--- The locals that stand in no function, and that a function assigns to, each time one does.
---@param text string
---@return string[] names
---@return integer[] lines
function source.reassigned(text)
  local tokens, names, lines = tokens_of(text), {}, {}

  --- The blocks and brackets around the token that is read, and the locals of each. `depth` counts
  -- the functions among them.
  local open = { { opener = "", depth = 0, locals = {} } }

  local function push(opener, at)
    local depth = open[#open].depth + (opener == "function" and 1 or 0)
    open[#open + 1] = { opener = opener, at = at, depth = depth, locals = {} }
  end

  --- Declares the names from the i-th token on, and returns where they end.
  local function declare(i)
    while tokens[i].is_word do
      open[#open].locals[tokens[i].text] = true
      i = tokens[i + 1].text == "<" and i + 4 or i + 1
      if tokens[i].text ~= "," then break end
      i = i + 1
    end
    return i
  end

  local function assign(token)
    local level = #open
    while level > 0 and not open[level].locals[token.text] do level = level - 1 end
    if level > 0 and open[level].depth == 0 and open[#open].depth > 0 then
      note(names, lines, token.text, token.line)
    end
  end

  --- Takes note of all targets of the assignment whose sign is the i-th token.
  local function assign_all(i)
    repeat
      i = tokens[i - 1].from or i - 1
      local before, after = i > 1 and tokens[i - 1] or tokens[#tokens], tokens[i + 1].text
      local is_target = tokens[i].is_word and before.text ~= "." and (after == "=" or after == ",")
      if is_target then assign(tokens[i]) end
    until tokens[i].is_word and not joints[before.text]
  end

  local i = 1
  while i <= #tokens - 2 do
    local word, top = tokens[i].text, open[#open]
    if word == "local" and tokens[i + 1].text == "function" then
      declare(i + 2)
    elseif word == "local" or word == "for" then
      if word == "for" then push(word) end
      i = declare(i + 1)
      if tokens[i].text ~= "=" then i = i - 1 end
    elseif word == "function" then
      if tokens[i + 1].is_word and tokens[i + 2].text == "(" then assign(tokens[i + 1]) end
      repeat i = i + 1 until tokens[i].text == "("
      push(word)
      i = declare(i + 1)
      while tokens[i].text ~= ")" do i = i + 1 end
    elseif word == "do" and (top.opener == "for" or top.opener == "while") then
      top.opener = word
    elseif word == "do" or blocks[word] or brackets[word] then
      push(word, i)
    elseif word == "else" or word == "elseif" then
      top.locals = {}
    elseif ends[word] then
      tokens[i].from = open[#open].at
      open[#open] = nil
    elseif word == "=" and not brackets[top.opener] then
      assign_all(i)
    end
    i = i + 1
  end
  assert(#open == 1, "a block is left open: this Lua is not understood")
  return names, lines
end

return source
