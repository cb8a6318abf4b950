--- Makes docs/reference.md and doc/neap.txt of the types, lua/neap/types.lua:
--
--     lua docs/reference.lua
--     nvim --headless -c "luafile docs/reference.lua" -c quit
--
-- Loaded with the text of the types as its argument, it returns both texts and writes nothing.

local concat, insert = table.concat, table.insert

--- What an object of a class is called in a heading, where that is not its name in small letters.
local called = { TimePoint = "point", InstantPoint = "instant" }

--- What a face is called in its examples.
local faces = {
  { "task", "The face `task`", "task" },
  { "async", "The face `ward.", "ward.async" },
  { "time", "The face `ward.", "ward.time" },
  { "face", "The face `async_await`", "async_await" },
}

--- How an example begins that is no script for `neap run`.
local PLAIN = "-- In a plain Lua:"

local INTRODUCTION = [[
What `require "neap"` gives, and four more faces of the same scheduler: `task`, `ward.async`,
`ward.time` and `async_await`, for scripts that were written for these names. A duration is a number
of seconds or a text such as `"250ms"`, `"1.5s"`, `"2m"`, `"1h30m"`; below zero counts as 0. What
waits may be called anywhere: in a task, which is suspended; in the host's thread, which runs the
others meanwhile; in a coroutine of yours, which becomes a task.

A wrong argument raises an error at the line of the call, in Lua's own form: `bad argument #1 to
'spawn' (function expected, got nil)`; a name that is not there, `neap has no 'spwan': did you mean
'spawn'?`. That holds for every function, and is not said again. What waits raises `"cancelled"`,
exactly that text, if what it waits for was cancelled. Types are written as in LuaCATS: `R...` is
any number of values, and so is the `R` of a `neap.Task<R>`; `T?` may be nil.

Editors know all this: what is here is made of `lua/neap/types.lua`, which goes along with the rest
of `lua/`. Settings for their servers, to copy, are `.emmyrc.json` and `.luarc.json` of neap's
repository. Luau's types are in `docs/neap.luau`.

Each example is run on a clock that a sleep moves forward at once, and prints what stands below.]]


-- Reading the types.

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do insert(lines, line) end
  return lines
end

local function trim(text) return (text:gsub("^%s+", ""):gsub("%s+$", "")) end

--- Splits "type  what it is" where the type ends: a type may have spaces within brackets, around a
-- bar, and after a colon or a comma.
local function split_type(text)
  local depth, at = 0, 1
  while at <= #text do
    local char = text:sub(at, at)
    if char:find("[%(%[{<]") then depth = depth + 1 end
    if char:find("[%)%]}>]") then depth = depth - 1 end
    if depth == 0 and char == " " and not text:sub(at - 1, at - 1):find("[:,|]") then break end
    at = at + 1
  end
  return text:sub(1, at - 1), trim(text:sub(at + 1))
end

--- The comment above something: its prose in paragraphs, its example, its annotations.
local function read_comment(comment)
  local it = { prose = {}, params = {}, results = {}, overloads = {}, fields = {} }
  local block, last
  for _, line in ipairs(comment) do
    local tag, rest = line:match("^%-%-%-@([%w_]+)%s*(.*)$")
    local text = line:match("^%-%-%- ?(.*)$")
    if tag then
      last = { text = rest }
      local list = it[({ param = "params", overload = "overloads", field = "fields" })[tag]
        or tag:find("^return") and "results"]
      if list then insert(list, last) end
      it[tag] = it[tag] or last
    elseif last then
      last.text = last.text .. " " .. text
    elseif text:find("^```%a") then
      block = {}
      it[text:match("^```(%a+)")] = block
    elseif text == "```" then
      block = nil
    elseif block then
      insert(block, text)
    elseif text == "" then
      insert(it.prose, "")
    else
      local count = math.max(#it.prose, 1)
      local before = it.prose[count] or ""
      it.prose[count] = before == "" and text or before .. " " .. text
    end
  end
  while it.prose[#it.prose] == "" do it.prose[#it.prose] = nil end
  return it
end

--- Reads the sections, each with its entries: functions, methods, classes and aliases.
local function read(text)
  local sections, comment, classes = {}, {}, {}
  local section
  local function add(entry)
    entry.comment = read_comment(comment)
    comment = {}
    insert(section.entries, entry)
    return entry
  end
  for _, line in ipairs(lines_of(text)) do
    local title = line:match("^%-%-## (.*)$")
    local object, colon, name, params = line:match("^function ([%w_]+)([.:])([%w_]+)%((.-)%) end$")
    local class = line:match("^local ([%w_]+) = {}$")
    if title then
      section, comment = { title = title, entries = {} }, {}
      insert(sections, section)
    elseif not section or line:find("^return") then
      comment = {}
      if line:find("^return") then break end
    elseif line:find("^%-%-%-") then
      insert(comment, line)
    elseif object then
      local owner = classes[object]
      local heading = owner .. colon .. name .. "(" .. params .. ")"
      add { heading = heading, name = name, tag = owner .. colon .. name .. "()" }
    elseif #comment > 0 then
      local entry = add { is_type = true }
      local annotation = entry.comment.class or entry.comment.alias
      entry.name = annotation.text:match("^[%w_.]+")
      if class then
        local is_object = class:find("^%u")
        classes[class] = is_object and (called[class] or class:lower()) or entry.name
      end
    end
  end
  return sections
end


-- Parameters, results and fields, as lists of a name, a type and a text.

local function described(list, is_named)
  local all = {}
  for _, annotation in ipairs(list) do
    local name, rest = nil, annotation.text
    if is_named then name, rest = rest:match("^(%S+)%s+(.*)$") end
    local kind, text = split_type(rest)
    if not is_named then
      -- A name may stand behind the type, before two spaces or at the end.
      local found, after = text:match("^([%a_][%w_]*)$"), ""
      if not found then found, after = text:match("^([%a_][%w_]*)  (.*)$") end
      if not found then found, after = text:match("^(%.%.%.)%s*(.*)$") end
      if found then name, text = found, trim(after) end
    end
    insert(all, { name = name, kind = kind, text = text })
  end
  return all
end


-- Markdown.

local function paragraph(text)
  text = text:gsub("^Raises ", "**Raises** "):gsub("^May surprise: ", "**May surprise:** ")
  return text
end

--- A paragraph in lines of at most so many columns, the later ones indented.
local function wrap(text, width, first, others)
  local lines, line = {}, first
  local is_empty = true
  for word in text:gmatch("%S+") do
    if not is_empty and #line + 1 + #word > width then
      insert(lines, line)
      line, is_empty = others, true
    end
    line = is_empty and line .. word or line .. " " .. word
    is_empty = false
  end
  insert(lines, line)
  return concat(lines, "\n")
end

local function item(it, label)
  local text = it.text ~= "" and ": " .. it.text or ""
  local name = it.name and "`" .. it.name .. "`, " or ""
  return wrap("- " .. label .. name .. "`" .. it.kind .. "`" .. text, 100, "", "  ")
end

--- The example as a script of its own.
local function script_of(section, comment)
  local code, requires = concat(comment.lua, "\n"), {}
  if ("\n" .. code):find("[^%w_]neap[.]") then insert(requires, 'local neap = require "neap"') end
  for _, face in ipairs(faces) do
    local name, title, module = face[1], face[2], face[3]
    if section.title:find(title, 1, true) and ("\n" .. code):find("[^%w_]" .. name .. "[.]") then
      insert(requires, ("local %s = require %q"):format(name, module))
    end
  end
  return concat(requires, "\n") .. "\n\n" .. code
end

local function type_lines(entry, add)
  local comment = entry.comment
  for _, field in ipairs(described(comment.fields, true)) do add(item(field, "")) end
end

local function write_markdown(sections)
  local out = {}
  local function add(text) insert(out, text) end
  add("# Reference\n")
  add("<!-- Made of lua/neap/types.lua by docs/reference.lua: change it there. -->\n")
  add(INTRODUCTION)
  for _, section in ipairs(sections) do
    add("\n## " .. section.title)
    for _, entry in ipairs(section.entries) do
      local comment = entry.comment
      local generics = comment.class and comment.class.text:match("^[%w_.]+(<.->)") or ""
      if not (entry.is_type and entry.name == "neap") then
        add("\n### `" .. (entry.heading or entry.name .. generics) .. "`\n")
        local is_first = true
        local function add_prose(from, to)
          for i = from, to do
            if comment.prose[i] ~= "" then
              add((is_first and "" or "\n") .. wrap(paragraph(comment.prose[i]), 100, "", ""))
              is_first = false
            end
          end
        end
        add_prose(1, #comment.prose)
        local list = {}
        local function add_item(text) insert(list, text) end
        if entry.is_type then
          type_lines(entry, add_item)
          if comment.alias then
            local kind = comment.alias.text:match("^%S+%s+(.*)$")
            add_item("- `" .. kind .. "`")
          end
        else
          for _, it in ipairs(described(comment.params, true)) do add_item(item(it, "")) end
          for _, it in ipairs(described(comment.results, false)) do
            add_item(item(it, "gives "))
          end
          for _, it in ipairs(comment.overloads) do add_item("- also `" .. it.text .. "`") end
        end
        if #list > 0 then add("\n" .. concat(list, "\n")) end
        if comment.lua then
          local mark = comment.lua[1] == PLAIN and ",compile" or ""
          add("\n```lua" .. mark .. "\n" .. script_of(section, comment) .. "\n```\n")
          add("```\n" .. concat(comment.text, "\n") .. "\n```")
        end
      end
    end
  end
  return concat(out, "\n") .. "\n"
end


-- Vim's help.

local WIDTH = 78

local function right(left, tag)
  tag = "*" .. tag .. "*"
  return left .. (" "):rep(math.max(WIDTH - #left - #tag, 1)) .. tag
end

--- A heading without Markdown's signs.
local function plain(text) return (text:gsub("`", "")) end

local function write_help(sections)
  local out = {}
  local function add(text) insert(out, text) end
  local function add_text(text, indent) add(wrap(text, WIDTH, indent, indent)) end
  add(right("*neap.txt*  async/await, futures, tasks and channels for Lua", "neap"))
  add("")
  for part in (INTRODUCTION .. "\n\n"):gmatch("(.-)\n\n") do
    add_text(part, "")
    add("")
  end
  for number, section in ipairs(sections) do
    section.tag = "neap-" .. number
    local title = plain(section.title)
    add(title .. (" "):rep(46 - #title) .. "|" .. section.tag .. "|")
  end
  for _, section in ipairs(sections) do
    add("\n" .. ("="):rep(WIDTH))
    add(right(plain(section.title):upper(), section.tag))
    for _, entry in ipairs(section.entries) do
      local comment = entry.comment
      if not (entry.is_type and entry.name == "neap") then
        local tag = entry.tag or entry.name
        if not tag:find("^neap") then tag = "neap-" .. tag end
        add("\n" .. right(entry.heading or entry.name, tag))
        for _, text in ipairs(comment.prose) do
          if text ~= "" then add_text(text, "    ") end
        end
        local function add_item(it, label)
          local text = it.text ~= "" and ": " .. it.text or ""
          local name = it.name and it.name .. "  " or ""
          add(wrap(label .. name .. it.kind .. text, WIDTH, "      ", "        "))
        end
        if entry.is_type then
          for _, it in ipairs(described(comment.fields, true)) do add_item(it, "") end
          if comment.alias then add("      " .. comment.alias.text:match("^%S+%s+(.*)$")) end
        else
          for _, it in ipairs(described(comment.params, true)) do add_item(it, "") end
          for _, it in ipairs(described(comment.results, false)) do add_item(it, "gives ") end
          for _, it in ipairs(comment.overloads) do
            add_item({ kind = it.text, text = "" }, "also ")
          end
        end
        if comment.lua then
          add(">")
          for _, line in ipairs(comment.lua) do add((("    " .. line):gsub("%s+$", ""))) end
          add("<    prints")
          add(">")
          for _, line in ipairs(comment.text) do add((("    " .. line):gsub("%s+$", ""))) end
          add("<")
        end
      end
    end
  end
  add("\nvim:tw=78:ts=8:noet:ft=help:norl:")
  return concat(out, "\n") .. "\n"
end


local function make(text)
  local sections = read(text)
  return write_markdown(sections), write_help(sections)
end

local types = ...
if types then return make(types) end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local file = assert(io.open("lua/neap/types.lua", "rb"))
local reference, help = make(file:read("*a"))
file:close()
write("docs/reference.md", reference)
write("doc/neap.txt", help)
