-- The first resolve or reject counts; later ones say false and change nothing.
local neap = require "neap"

local future = neap.future()
print("open", future:done())
print("resolve", future:resolve("first", 1))
print("done", future:done())
print("resolve again", future:resolve("second"))
print("reject after that", future:reject("an error"))
print("result", future:wait())

local rejected = neap.future()
print("reject", rejected:reject("the reason"))
print("done", rejected:done())
print("resolve after that", rejected:resolve("too late"))
print("reject again", rejected:reject("another reason"))
print("result", pcall(rejected.wait, rejected))
