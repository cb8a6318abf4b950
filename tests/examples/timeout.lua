local neap = require "neap"

print(pcall(neap.timeout, "20ms", neap.sleep, "10s"))
print(neap.timeout("10s", function() neap.sleep("20ms") return "in time" end))
