-- Two sleeps of a task, with marks that a trace of system calls shows. neap owns the loop.

local neap = require "neap"

local function mark(text)
  io.stdout:write(text, "\n")
  io.stdout:flush()
end

local function main()
  neap.sleep("100ms")
  mark "a short sleep"
  local slept = neap.sleep("300ms")
  mark "a long sleep"
  slept = slept + neap.sleep("2s")
  mark "the end"
  assert(slept < 3, "woken late: " .. slept)
end

if neap.current() then return main() end -- under `neap run`
neap.run(main)
os.exit(0)
