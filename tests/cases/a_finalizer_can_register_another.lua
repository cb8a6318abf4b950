-- finally within a finalizer registers one more on the same task, which runs next.
local neap = require "neap"

local job = neap.spawn(function()
  neap.finally(print, "registered first, runs last")
  neap.finally(function()
    print("a finalizer registers two more")
    neap.finally(print, "the first of them")
    neap.finally(function()
      print("the second of them registers one")
      neap.finally(print, "the innermost one")
    end)
    print("it goes on to its end")
  end)
  return "its result"
end)
print("waited", job:wait())
