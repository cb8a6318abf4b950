--- Colours, for reports that a person reads on a terminal. Off unless whoever runs the script has
-- found out that there is one.

local colours = {}

local is_on = false

--- Colours reports from now on, or leaves them plain.
---@param on boolean
function colours.use(on) is_on = on end


--- Colours a report: what it says stands out from the traceback.
---@param text string
---@return string
function colours.report(text)
  if not is_on then return text end
  local said, traceback = text:match("^(.-)(\nstack traceback:.*)$")
  traceback = traceback and "\27[2m" .. traceback .. "\27[0m" or ""
  return "\27[1;31m" .. (said or text) .. "\27[0m" .. traceback
end

return colours
