--- What a task yields that is none of neap's requests.
--
-- Where an engine's own functions suspend whoever calls them, such a yield is meant for the engine,
-- which lies below the scheduler. The host's `foreign` gets all of it, and returns what the task
-- goes on with. That is seen to where threads are resumed, for nobody else has all that they yield;
-- where the host has no such function, nothing here is called.

local registry = require "neap.kernel.registry"
local scheduler = require "neap.kernel.scheduler"
local vm = require "neap.kernel.vm"
local watchers = require "neap.kernel.watchers"

local killed, requests = registry.killed, scheduler.requests
local resume, status = vm.coroutine.resume, vm.coroutine.status

local foreign = {}

--- The host's function.
---@type any
local answer

--- What stands for the request of a task that was cancelled while the engine had it.
local GONE = {}
requests[GONE] = function() end

---@type any
local go_on

--- Takes what a thread has yielded, returned or raised.
local function judge(thread, ok, ...)
  if not ok or requests[(...)] or status(thread) == "dead" then return ok, ... end
  return go_on(thread, answer(...))
end

function go_on(thread, ...)
  if killed.map[thread] then return true, GONE end
  return judge(thread, resume(thread, ...))
end

local function passing_resume(thread, ...) return judge(thread, resume(thread, ...)) end


--- Has a function told of such yields; nil for nobody: then each is an error of its task.
---@param fn? fun(...: any): any ...
function foreign.pass_to(fn)
  if fn == answer then return end
  answer = fn
  watchers.resume_with(fn and passing_resume)
end

return foreign
