---@meta

--- What editors know of neap, and what docs/reference.md and doc/neap.txt are made of.
--
-- One file, beside the code: whoever copies `lua/` into a project has the types in it, and an
-- editor finds them there without being told where to look. Here stands what is for users and
-- nothing else: the classes that neap's own files are made of have names of their own
-- (`neap.inside.Task`), so that no completion offers what only the scheduler may call. One file can
-- go with the single-file build, too. neap itself never loads it. tests/modules/uses.lua holds
-- that each function here is there, with these parameters, and that none is missing.
--
-- In a comment, what comes before the example is told in an editor. `Raises` says which errors come
-- beside those for wrong arguments, `May surprise` what many expect otherwise. Nothing is `@async`:
-- a function that waits may be called anywhere, and an editor would warn of each call that does
-- not stand in a function that is marked as well.

--## Running

---@class neap
---@field _VERSION string
local neap = {}

--- A number of seconds, or a text: `"250ms"`, `"1.5s"`, `"2m"`, `"1h30m"`. Below zero counts as 0.
---@alias neap.Duration number|string

--- What can be waited for: anything with a method `wait`. T is what that gives: one value, or
--- several.
---@class neap.Awaitable<T>
---@field wait fun(self: any, ...: any): T

--- What can be waited for and is not neap's: it has a method `wait`, or can be called.
---@alias neap.Foreign { wait: function }|userdata|fun(...: any): any

--- A clock and a sleep, and what else a program has for neap.
---@class neap.Host
---@field now fun(): number  seconds on a clock that never runs backwards, with fractions
---@field sleep? fun(seconds: number, run?: table)  blocks for at most so long (or
--- math.huge); may return early
---@field pending? fun(): boolean  may something outside still wake a task? While it says so,
--- `sleep` is called after each tick, with 0 when tasks are ready
---@field report? fun(text: string)  is told of failures in place of standard error
---@field after? fun(seconds: number, fn: fun())  has fn called later, in the host's own loop: neap
--- then asks for its own ticks, and nobody has to call `step`
---@field shared? boolean  `sleep` suspends its caller and not the program: others may call `run`
--- meanwhile, each with tasks of its own. `sleep` then gets a second argument, the run
---@field begin? fun()  of a shared host: called before a run begins, in its caller, which it may
--- suspend
---@field wake? fun(run: table)  of a shared host: has the sleep of that run end early, for another
--- has woken one of its tasks
---@field foreign? fun(...: any): any...  gets what a task yields that is none of neap's requests;
--- returns what the task goes on with. Absent, such a yield is an error

--- Runs main as a task until no task is left.
---
--- Tasks that can never wake again once main has ended are cancelled, and their finalizers run.
---
--- Raises main's error, once all other tasks are cancelled; `deadlock: ...` when main waits and
--- nothing can wake anybody; what the host raises in its `now` or `sleep`.
---
--- May surprise: it returns when the last task has ended, not when main has. Inside of a task it
--- raises `the scheduler is already running`. Under `neap run` the script is the main task already.
---
--- ```lua
--- -- In a plain Lua:
--- print(neap.run(function(name)
---   neap.spawn(function() neap.sleep("1s") print("the last ends") end)
---   return name .. " is over"
--- end, "ebb"))
--- ```
--- ```text
--- the last ends
--- ebb is over
--- ```
---@generic T, R
---@param main fun(...: T...): R...
---@param ... T...  its arguments
---@return R...  main's results
function neap.run(main, ...) end

--- Runs one tick, for a host that owns the main loop: a game calls it in each frame.
---
--- Failures that nobody waits for are reported within a second, or when no task lives any more.
---
--- Raises `the scheduler is already running` inside of a task.
---
--- May surprise: it never raises a deadlock, for the host may know what is still to come.
---
--- ```lua
--- -- In a plain Lua:
--- neap.spawn(function() neap.sleep("2s") end)
--- print(neap.step(), "seconds to sleep")
--- neap.close()
--- print(neap.step())
--- ```
--- ```text
--- 2	seconds to sleep
--- nil
--- ```
---@return number? seconds  0 if tasks are ready, else the time to the next deadline; math.huge when
--- only something outside can wake a task; nil when no task lives
function neap.step() end

--- Ends everything, for a program that is about to quit: cancels all tasks, runs their finalizers,
--- and reports what has failed.
---
--- Raises `the scheduler is already running` inside of a task.
---
--- May surprise: finalizers that are not done in time are given up, and reported.
---
--- ```lua
--- -- In a plain Lua:
--- neap.spawn(function()
---   neap.finally(print, "cleaned up")
---   neap.sleep("1h")
--- end)
--- neap.step()
--- print(neap.close("2s"))
--- ```
--- ```text
--- cleaned up
--- true
--- ```
---@param limit? neap.Duration  how long finalizers may take; 1 second if absent
---@return boolean done  whether all finalizers were done in time
function neap.close(limit) end

--- Sets the host: its clock and its sleep.
---
--- Without it, the first that the program has is taken: Neovim's, nginx', LÖVE's, luv's and so on.
---
--- Raises `attempt to change the host of living tasks` when tasks live, but for a run's main task
--- while that is the only one.
---
--- May surprise: `now` is in seconds, not milliseconds; a host without `sleep` cannot `run`, but
--- only `step`.
---
--- ```lua
--- -- In a plain Lua:
--- local time = 100
--- neap.use {
---   now = function() return time end,
---   sleep = function(seconds) time = time + seconds end,
--- }
--- neap.sleep("2s")
--- print(time)
--- ```
--- ```text
--- 102
--- ```
---@param host neap.Host
function neap.use(host) end

--- Puts `pcall` and `xpcall` that can be waited in in place of the globals, so that scripts need no
--- change. `neap run` has done it.
---
--- May surprise: `debug.traceback` is replaced too, on Lua 5.1 `coroutine.running`, and where the
--- VM cannot close a thread `coroutine.status`.
---
--- ```lua
--- neap.install()
--- print(pcall(function()
---   neap.sleep("10ms")
---   error("low water", 0)
--- end))
--- ```
--- ```text
--- false	low water
--- ```
function neap.install() end

--- Sets who is told of failures that nobody has seen, in place of standard error.
---
--- May surprise: fn may not wait; what it spawns may, also at the end of a run. `task` is nil if
--- the task has been collected. Without an argument, failures go to standard error again.
---
--- ```lua
--- neap.on_error(function(err, task) print(err, task) end)
--- neap.spawn(error, "storm", 0):detach()
--- neap.yield()
--- ```
--- ```text
--- storm	task 2
--- ```
---@param fn? fun(err: any, task: neap.Task<any>?, traceback: string, what: string)
function neap.on_error(fn) end

--- All tasks that are alive, in the order of their making.
---
--- ```lua
--- neap.spawn(neap.sleep, "1s"):name("slack")
--- for _, task in ipairs(neap.tasks()) do print(task, task:status()) end
--- ```
--- ```text
--- task 1	running
--- task "slack"	pending
--- ```
---@nodiscard
---@return neap.Task<any>[]
function neap.tasks() end

--- Writes a line for each living task, as a tree: what it belongs to, what it waits for, how much
--- time is left, and where; and the circles in which tasks wait for each other.
---
--- ```lua
--- neap.spawn(neap.sleep, "1s"):name("slack")
--- neap.yield()
--- neap.dump(function(line)
---   if line:find("slack") then print((line:gsub(", at .*", ""))) end
--- end)
--- ```
--- ```text
---   task "slack" waits for a deadline (1 s left)
--- ```
---@param write? fun(line: string)  standard error, or the host's `report`, if absent
function neap.dump(write) end

--- With true, it is remembered who spawns whom and where, and since when each task waits: `dump`,
--- `task:parent()` and reports tell it.
---
--- May surprise: spawns cost 6 to 13 times as much meanwhile.
---
--- ```lua
--- neap.debug(true)
--- local parent = neap.current()
--- print(neap.spawn(neap.sleep, 0):parent() == parent)
--- ```
--- ```text
--- true
--- ```
---@param on boolean
---@return boolean was_on
function neap.debug(on) end

--- Calls a function, as Lua's own `pcall`; it may wait on every VM. Error values are untouched.
---
--- ```lua
--- print(neap.pcall(function()
---   neap.sleep("10ms")
---   error("low water", 0)
--- end))
--- ```
--- ```text
--- false	low water
--- ```
---@generic T, R
---@param fn sync fun(...: T...): R...
---@param ... T...
---@return_overload true, R...
---@return_overload false, any
function neap.pcall(fn, ...) end

--- Calls a function with a handler for its errors, as Lua's own `xpcall`; it may wait, and takes
--- arguments, on every VM.
---
--- May surprise: the handler may not wait. On 5.1 the thread that failed is dead when it runs.
---
--- ```lua
--- local function shout(err) return err:upper() end
--- print(neap.xpcall(error, shout, "storm", 0))
--- ```
--- ```text
--- false	STORM
--- ```
---@generic T, R
---@param fn sync fun(...: T...): R...
---@param handler fun(err: any): any
---@param ... T...  fn's arguments
---@return_overload true, R...
---@return_overload false, any
function neap.xpcall(fn, handler, ...) end

--## Tasks

--- Starts a task.
---
--- Raises nothing that fn raises: whoever waits for the task gets that, and if nobody does, it is
--- reported.
---
--- May surprise: it first runs when the caller waits or ends, not at once (`task.spawn` does that).
---
--- ```lua
--- local function tide(name)
---   neap.sleep("10ms")
---   return name .. " is over"
--- end
--- local ebb = neap.spawn(tide, "ebb")
--- print("spawned")
--- print(ebb:wait())
--- ```
--- ```text
--- spawned
--- ebb is over
--- ```
---@generic T, R
---@param fn fun(...: T...): R...
---@param ... T...  its arguments
---@return neap.Task<R>
function neap.spawn(fn, ...) end

--- The running task; nil outside of every task.
---
--- May surprise: in a coroutine of yours it is the task around that, until the coroutine waits.
---
--- ```lua
--- neap.spawn(function() print(neap.current()) end):name("pilot")
--- neap.yield()
--- ```
--- ```text
--- task "pilot"
--- ```
---@nodiscard
---@return neap.Task<any>?
function neap.current() end

--- Lets every other task that is ready run.
---
--- ```lua
--- neap.spawn(print, "the others")
--- print("before")
--- neap.yield()
--- print("after")
--- ```
--- ```text
--- before
--- the others
--- after
--- ```
function neap.yield() end

--- Registers a function to run when the current task ends, however it ends: it returns, fails or is
--- cancelled. The last one registered runs first; each may wait.
---
--- Raises `attempt to call 'finally' outside of a task`.
---
--- May surprise: it runs on a thread of its own, from the next tick on; the task is dead when all
--- are done. What it raises is reported, and the others run.
---
--- ```lua
--- local task = neap.spawn(function()
---   neap.finally(print, "the boat is moored")
---   neap.sleep("1h")
--- end)
--- neap.yield()
--- task:cancel()
--- print(pcall(task.wait, task))
--- ```
--- ```text
--- the boat is moored
--- false	cancelled
--- ```
---@generic T
---@param fn fun(...: T...): any
---@param ... T...  its arguments
function neap.finally(fn, ...) end

--- A function that runs beside others, and what became of it.
---@class neap.Task<R>: neap.Awaitable<R>
---@overload fun(): R
local Task = {}

--- Waits until the task has ended, and gives its results; any number of times, by any number of
--- tasks.
---
--- Raises the task's error, the same value; `"cancelled"` if it was cancelled; `a task cannot wait
--- for itself`.
---
--- ```lua
--- local task = neap.spawn(function() return "ebb", "flood" end)
--- print(task:wait())
--- print(task())
--- ```
--- ```text
--- ebb	flood
--- ebb	flood
--- ```
---@return R  its results
function Task:wait() end

--- Ends the task where it waits: it is never resumed again, and no `pcall` in it sees that. Its
--- finalizers run.
---
--- May surprise: a task that cancels itself goes on to its next blocking call. One that has not
--- begun never does.
---
--- ```lua
--- local task = neap.spawn(neap.sleep, "1h")
--- print(task:cancel(), task:cancel())
--- print(pcall(task.wait, task))
--- ```
--- ```text
--- true	false
--- false	cancelled
--- ```
---@return boolean cancelled  false if it was over, or about to be
function Task:cancel() end

--- Whether the task is dead: ended, and its finalizers done.
---
--- ```lua
--- local task = neap.spawn(neap.sleep, "10ms")
--- print(task:done())
--- task:wait()
--- print(task:done())
--- ```
--- ```text
--- false
--- true
--- ```
---@nodiscard
---@return boolean
function Task:done() end

--- The task's state.
---
--- ```lua
--- local task = neap.spawn(neap.sleep, "10ms")
--- print(task:status())
--- neap.yield()
--- print(task:status())
--- ```
--- ```text
--- pending
--- suspended
--- ```
---@nodiscard
---@return "pending"|"runnable"|"running"|"suspended"|"dead"
function Task:status() end

--- Lets the task go: if it fails and nobody waits for it, that is reported at once, and not only at
--- the end of the run.
---
--- ```lua
--- neap.on_error(function(err) print("reported: " .. err) end)
--- neap.spawn(error, "storm", 0):detach()
--- neap.sleep("10ms")
--- print("and on")
--- ```
--- ```text
--- reported: storm
--- and on
--- ```
---@return boolean  true
function Task:detach() end

--- Gives the task a name for reports, and returns the task; without an argument, tells the name.
---
--- ```lua
--- local task = neap.spawn(neap.sleep, 0):name("pilot")
--- print(task, task:name())
--- ```
--- ```text
--- task "pilot"	pilot
--- ```
---@overload fun(self: neap.Task<R>): string?
---@param name string
---@return neap.Task<R>
function Task:name(name) end

--- The limit of the `neap.timeout` that has ended in the error `"timeout"`, if the task has caught
--- that or failed with it; nil if anybody else raised it.
---
--- ```lua
--- local task = neap.spawn(neap.timeout, "20ms", neap.sleep, "1h")
--- print(pcall(task.wait, task))
--- print(task:timed_out())
--- ```
--- ```text
--- false	timeout
--- 20ms
--- ```
---@nodiscard
---@return neap.Duration? limit
function Task:timed_out() end

--- The task that this one stands below: the owner of its scope, pool or timeout; or the one that
--- has spawned it, if `neap.debug(true)` was called before. Once this one has ended, it is known
--- only if that one lived longer.
---
--- ```lua
--- neap.scope(function(scope)
---   print(scope:spawn(neap.sleep, 0):parent() ~= nil)
--- end)
--- print(neap.spawn(neap.sleep, 0):parent())
--- ```
--- ```text
--- true
--- nil
--- ```
---@nodiscard
---@return neap.Task<any>?
function Task:parent() end

--- Where the task stands in its user's code, as "file:line"; nil if that is not known, or the task
--- has ended.
---
--- ```lua
--- local task = neap.spawn(function() neap.sleep("10ms") end)
--- neap.yield()
--- local where = task:where() -- "tide.lua:3"; nil without a debug library
--- print(where == nil or where:find(":3$") ~= nil)
--- ```
--- ```text
--- true
--- ```
---@nodiscard
---@return string?
function Task:where() end

--- The stack of the task, without neap's own lines; of one that has failed, where that was.
---
--- ```lua
--- local task = neap.spawn(function() neap.sleep("10ms") end)
--- neap.yield()
--- print(type(task:traceback()))
--- ```
--- ```text
--- string
--- ```
---@nodiscard
---@return string  "" where it has none, or there is no debug library
function Task:traceback() end

--- Turns a function into one that starts a task each time it is called.
---
--- ```lua
--- local weigh = neap.async(function(cargo)
---   neap.sleep("10ms")
---   return #cargo
--- end)
--- local coal, timber = weigh("coal"), weigh("timber")
--- print(coal:wait() + timber:wait())
--- ```
--- ```text
--- 10
--- ```
---@generic T, R
---@nodiscard
---@param fn fun(...: T...): R...
---@return fun(...: T...): neap.Task<R>
function neap.async(fn) end

--- What `await` gives of a function: its results, or those of the task that it would start.
---@alias neap.Awaited<R> R extends neap.Task<infer A> and A or neap.AwaitedFuture<R>

--- The same, of a function that `async_await.async` has made.
---@alias neap.AwaitedFuture<R> R extends async_await.Future<infer A> and A or R

--- Waits for an awaitable and gives its results; or calls a function in the current task. Of one
--- that `async` has made, the function inside is called: no task is made.
---
--- Raises what the wait or the function raises.
---
--- ```lua
--- local weigh = neap.async(function(cargo) return #cargo end)
--- print(neap.await(weigh("coal")))
--- print(neap.await(weigh, "timber"))
--- ```
--- ```text
--- 4
--- 6
--- ```
---@generic T, R
---@overload fun(awaited: neap.Awaitable<R>|neap.Foreign): R
---@param awaited fun(...: T...): R...
---@param ... T...  arguments, if that is a function
---@return neap.Awaited<R>...
function neap.await(awaited, ...) end

--## Time

--- Suspends the caller; other tasks run meanwhile. A sleep of 0 lets them run too.
---
--- May surprise: a number means seconds. Below zero counts as 0; NaN and other texts are wrong
--- arguments.
---
--- ```lua
--- print(neap.sleep("250ms"))
--- print(neap.sleep(2.5))
--- ```
--- ```text
--- 0.25
--- 2.5
--- ```
---@param time neap.Duration
---@return number seconds  that have passed
function neap.sleep(time) end

--- An awaitable that is ready at a deadline, which counts from this call.
---
--- ```lua
--- local tide = neap.timer("2s")
--- neap.sleep("1.5s")
--- print(tide:done())
--- print(tide:wait(), tide:done())
--- ```
--- ```text
--- false
--- true	true
--- ```
---@nodiscard
---@param time neap.Duration
---@return neap.Timer
function neap.timer(time) end

--- What `neap.timer` makes.
---@class neap.Timer: neap.Awaitable<true>
---@overload fun(): true
local Timer = {}

--- Waits for the deadline; returns at once if it has passed.
---
--- ```lua
--- local slow, quick = neap.timer("2s"), neap.timer("1s")
--- print(neap.select { slow, quick })
--- print(slow:wait())
--- ```
--- ```text
--- 2	true
--- true
--- ```
---@return true
function Timer:wait() end

--- Whether the deadline has passed.
---
--- ```lua
--- print(neap.timer("1s"):done(), neap.timer(0):done())
--- ```
--- ```text
--- false	true
--- ```
---@nodiscard
---@return boolean
function Timer:done() end

--- An awaitable that ticks: tick n is due n periods after this call, however late the others were.
---
--- May surprise: a period of 0 is a wrong argument (`ward.time`'s may be 0).
---
--- ```lua
--- local bell = neap.interval("1s")
--- print(bell:wait())
--- neap.sleep("2.5s")
--- print(bell:wait(), bell:wait(), bell:wait())
--- ```
--- ```text
--- 1
--- 2	3	4
--- ```
---@nodiscard
---@param period neap.Duration  above zero
---@return neap.Interval
function neap.interval(period) end

--- What `neap.interval` makes.
---@class neap.Interval: neap.Awaitable<integer>
---@overload fun(): integer
local Interval = {}

--- Waits for the next tick. Each is given once, to the first in line.
---
--- May surprise: one who comes late gets the ticks that were missed one by one, at once.
---
--- ```lua
--- local bell = neap.interval("1s")
--- neap.sleep("2s")
--- print(bell:wait(), bell:wait())
--- ```
--- ```text
--- 1	2
--- ```
---@return integer tick  1, 2, 3 and so on
function Interval:wait() end

--- Starts again: the next tick is number 1, a period from now. Who waits, waits for that.
---
--- ```lua
--- local bell = neap.interval("1s")
--- print(bell:wait(), bell:wait())
--- bell:reset()
--- print(bell:wait())
--- ```
--- ```text
--- 1	2
--- 1
--- ```
function Interval:reset() end

--## Waiting for several

--- Waits for the first of several awaitables that is ready, the lowest of several that are. The
--- losers are left as if never asked.
---
--- Raises the error of the arm that is ready, if its `wait` would.
---
--- May surprise: nothing is cancelled; a task that loses goes on. The index comes first.
---
--- ```lua
--- local results = neap.channel(1)
--- neap.spawn(function() neap.sleep("10ms") results:send("coal") end)
--- print(neap.select { results, neap.timer("1s") })
--- print(neap.select({ results }, "20ms"))
--- ```
--- ```text
--- 1	coal
--- nil	timeout
--- ```
---@param list (neap.Awaitable<any>|neap.Foreign)[]  with `channel:sending(v)` in it, if you like
---@param timeout? neap.Duration
---@return integer? index  in the list; nil after the timeout
---@return any ...  what its `wait` returns; `"timeout"`
function neap.select(list, timeout) end

--- Waits until all have ended well.
---
--- Raises the first error, in the order of time.
---
--- May surprise: what has not ended when one fails goes on; a `scope` or a pool's `map` cancels it.
--- Of each, the first result alone is kept.
---
--- ```lua
--- local function after(time, value) neap.sleep(time) return value end
--- local ebb = neap.spawn(after, 2, "ebb")
--- local both = neap.all { ebb, neap.spawn(after, 1, "flood") }
--- print(both[1], both[2], both.n)
--- ```
--- ```text
--- ebb	flood	2
--- ```
---@generic T
---@param list (neap.Awaitable<T>|neap.Foreign)[]
---@return neap.Results<T> results  the first result of each, in the order of the list
function neap.all(list) end

--- The first result of each, in the order of a list.
---@class neap.Results<T>
---@field [integer] T
---@field n integer  how many there are: one that is nil counts

--- Waits until one has ended well.
---
--- Raises the error of the last one to fail, if all do.
---
--- May surprise: the others go on. An empty list is a wrong argument.
---
--- ```lua
--- local function after(time, value) neap.sleep(time) return value end
--- local ebb, storm = neap.spawn(after, 2, "ebb"), neap.spawn(error, "storm")
--- print(neap.any { ebb, storm })
--- ```
--- ```text
--- ebb
--- ```
---@generic T
---@param list (neap.Awaitable<T>|neap.Foreign)[]  at least one
---@return T ...  its results
function neap.any(list) end

--- Waits until all have ended, well or not.
---
--- ```lua
--- local good, bad = neap.spawn(tostring, 7), neap.spawn(error, "storm", 0)
--- for _, outcome in ipairs(neap.settle { good, bad }) do
---   print(outcome.ok, outcome[1] or outcome.error)
--- end
--- ```
--- ```text
--- true	7
--- false	storm
--- ```
---@generic T
---@param list (neap.Awaitable<T>|neap.Foreign)[]
---@return neap.Ending<T>[] outcomes  in the order of the list
function neap.settle(list) end

--- How one has ended: its results, or its error.
---@class neap.Ending<T>
---@field ok boolean
---@field error any  if it failed
---@field n integer?  how many results there are, if it did not
---@field [integer] T  the results

--- Calls fn in a child task, which is cancelled if it has not ended in time.
---
--- Raises the child's error; `"timeout"` once it is cancelled and its finalizers have run.
---
--- May surprise: the duration comes first. `neap.current()` in fn is the child. A finalizer that
--- waits delays the error.
---
--- ```lua
--- print(neap.timeout("1s", neap.sleep, "20ms"))
--- print(pcall(neap.timeout, "20ms", neap.sleep, "1h"))
--- ```
--- ```text
--- 0.02
--- false	timeout
--- ```
---@generic T, R
---@param limit neap.Duration
---@param fn fun(...: T...): R...
---@param ... T...  its arguments
---@return R...  its results
function neap.timeout(limit, fn, ...) end

--- Calls fn(..., resume) and waits until somebody calls `resume`, from wherever that is: the bridge
--- from functions that call back.
---
--- Raises what fn raises.
---
--- May surprise: `resume` counts once; later calls do nothing and return false. An error of fn's
--- own service comes as fn gives it, mostly as a first argument.
---
--- ```lua
--- local function ask(question, answer)
---   neap.spawn(function() neap.sleep(1) answer(question .. " At noon.") end)
--- end
--- print(neap.callback(ask, "When?"))
--- ```
--- ```text
--- When? At noon.
--- ```
---@param fn fun(...: any): any
---@param ... any  its arguments, before `resume`
---@return any ...  what `resume` was called with
function neap.callback(fn, ...) end

--## Tasks that belong together

--- Runs a function in a scope of its own, until it and all tasks that it starts there are dead.
---
--- Raises the first failure of the body or of a task of the scope, once the others are cancelled.
--- Later ones go to `on_error`.
---
--- May surprise: the body is a child task of the caller, so `neap.current()` there is the child.
--- However the caller ends, nothing of the scope outlives it.
---
--- ```lua
--- print(pcall(neap.scope, function(scope)
---   scope:spawn(function()
---     neap.finally(print, "cleaned up")
---     neap.sleep("1h")
---   end)
---   scope:spawn(function() neap.sleep("10ms") error("storm", 0) end)
--- end))
--- ```
--- ```text
--- cleaned up
--- false	storm
--- ```
---@generic T, R
---@param body fun(scope: neap.Scope, ...: T...): R...
---@param ... T...  further arguments
---@return R...  the body's results
function neap.scope(body, ...) end

--- What `neap.scope` gives to its body.
---@class neap.Scope
local Scope = {}

--- Starts a task in the scope.
---
--- Raises `attempt to spawn in a scope that is ending`.
---
--- ```lua
--- neap.scope(function(scope)
---   for ship = 1, 2 do scope:spawn(print, "ship " .. ship) end
--- end)
--- print("all moored")
--- ```
--- ```text
--- ship 1
--- ship 2
--- all moored
--- ```
---@generic T, R
---@param fn fun(...: T...): R...
---@param ... T...  its arguments
---@return neap.Task<R>
function Scope:spawn(fn, ...) end

--- Makes a pool whose jobs belong to the scope: a failing one ends it, and they end with it.
---
--- ```lua
--- neap.scope(function(scope)
---   local crews = scope:pool(2)
---   for ship = 1, 3 do crews:submit(print, "ship " .. ship) end
--- end)
--- print("all unloaded")
--- ```
--- ```text
--- ship 1
--- ship 2
--- ship 3
--- all unloaded
--- ```
---@nodiscard
---@param size integer  how many jobs may run at a time, 1 or more
---@return neap.Pool
function Scope:pool(size) end

--- Cancels every task of the scope, its body too. From then on it takes no task.
---
--- ```lua
--- print(pcall(neap.scope, function(scope)
---   scope:spawn(neap.sleep, "1h")
---   scope:cancel()
---   return "never seen"
--- end))
--- ```
--- ```text
--- false	cancelled
--- ```
function Scope:cancel() end

--- Makes a pool: many jobs, at most so many at a time.
---
--- ```lua
--- local crews = neap.pool(2)
--- local weights = crews:map({ "coal", "timber", "salt" }, function(cargo)
---   neap.sleep("10ms")
---   return #cargo
--- end)
--- print(weights[1], weights[2], weights[3])
--- ```
--- ```text
--- 4	6	4
--- ```
---@nodiscard
---@param size integer  how many jobs may run at a time, 1 or more
---@return neap.Pool
function neap.pool(size) end

--- What `neap.pool` makes. Its `wait` waits for its jobs.
---@class neap.Pool: neap.Awaitable<any>
---@overload fun()
local Pool = {}

--- Starts a job as soon as there is room for it.
---
--- Raises `attempt to submit in a scope that is ending`, in a pool of a scope.
---
--- May surprise: it returns at once, also while the pool is full. A job that fails fails its own
--- task and nothing else.
---
--- ```lua
--- local crews = neap.pool(1)
--- local coal = crews:submit(neap.sleep, "10ms")
--- local salt = crews:submit(function() return "salt is out" end)
--- print(salt:status(), coal:wait())
--- print(salt:wait())
--- ```
--- ```text
--- pending	0.01
--- salt is out
--- ```
---@generic T, R
---@param fn fun(...: T...): R...
---@param ... T...  its arguments
---@return neap.Task<R>
function Pool:submit(fn, ...) end

--- Calls fn(item, index) for each item of a list, and waits for all.
---
--- Raises the first error, once the others are cancelled; `"cancelled"` if somebody has cancelled
--- one; `attempt to map in a scope that is ending`, in a pool of a scope.
---
--- May surprise: the list comes first. Of each call, the first result alone is kept.
---
--- ```lua
--- local function square(n) return n * n end
--- local squares = neap.pool(2):map({ 1, 2, 3 }, square)
--- print(squares[1], squares[2], squares[3], squares.n)
--- ```
--- ```text
--- 1	4	9	3
--- ```
---@generic V, T
---@param list V[]  `n`, if it is there, is the number of its items
---@param fn fun(item: V, index: integer): T
---@return neap.Results<T> results  the first result of each, in the order of the list
function Pool:map(list, fn) end

--- Waits until no job is left.
---
--- ```lua
--- local crews = neap.pool(2)
--- for ship = 1, 3 do crews:submit(print, "ship " .. ship) end
--- crews:wait()
--- print("all unloaded")
--- ```
--- ```text
--- ship 1
--- ship 2
--- ship 3
--- all unloaded
--- ```
function Pool:wait() end

--- Cancels all jobs, those that run and those that wait for room.
---
--- ```lua
--- local crews = neap.pool(1)
--- local coal = crews:submit(neap.sleep, "1h")
--- local salt = crews:submit(print, "never")
--- crews:cancel()
--- print(coal:done(), salt:done())
--- ```
--- ```text
--- true	true
--- ```
function Pool:cancel() end

--## Passing values

--- Makes a future: a result that somebody else will supply, once.
---
--- ```lua
--- local answer = neap.future()
--- neap.spawn(function() neap.sleep(1) answer:resolve("high", "water") end)
--- print(answer:wait())
--- ```
--- ```text
--- high	water
--- ```
---@nodiscard
---@return neap.Future<any>
function neap.future() end

--- What `neap.future` makes. Say what it holds with `---@type neap.Future<string>`.
---@class neap.Future<T>: neap.Awaitable<T>
---@overload fun(): T
local Future = {}

--- Gives the result; everyone who waits gets it. May be called from anywhere.
---
--- ```lua
--- local answer = neap.future()
--- print(answer:resolve("flood"), answer:resolve("ebb"))
--- print(answer:wait())
--- ```
--- ```text
--- true	false
--- flood
--- ```
---@param ... T...
---@return boolean settled  false if the future was settled before
function Future:resolve(...) end

--- Gives an error instead, which `wait` raises.
---
--- May surprise: a rejection that nobody gets to see is reported like a task's failure.
---
--- ```lua
--- local answer = neap.future()
--- answer:reject("low water")
--- print(pcall(answer.wait, answer))
--- ```
--- ```text
--- false	low water
--- ```
---@param err any
---@return boolean settled  false if the future was settled before
function Future:reject(err) end

--- Waits for the result, as often as you like.
---
--- Raises what the future was rejected with, the same value.
---
--- ```lua
--- local answer = neap.future()
--- answer:resolve(42)
--- print(answer:wait(), answer())
--- ```
--- ```text
--- 42	42
--- ```
---@return T
function Future:wait() end

--- Whether the future is settled.
---
--- ```lua
--- local answer = neap.future()
--- print(answer:done())
--- answer:resolve()
--- print(answer:done())
--- ```
--- ```text
--- false
--- true
--- ```
---@nodiscard
---@return boolean
function Future:done() end

--- Makes a channel: values from many senders to many receivers, in order, each to exactly one.
---
--- May surprise: without a capacity a sender waits until a receiver takes its value.
---
--- ```lua
--- local results = neap.channel(2)
--- neap.spawn(function()
---   for i = 1, 3 do results:send(i) end
---   results:close()
--- end)
--- results:each(print)
--- ```
--- ```text
--- 1
--- 2
--- 3
--- ```
---@nodiscard
---@param capacity? integer  how many values it keeps: 0 if absent; math.huge for no bound
---@return neap.Channel<any>
function neap.channel(capacity) end

--- What `neap.channel` makes. Say what goes through it with `---@type neap.Channel<string>`.
---@class neap.Channel<T>: neap.Awaitable<T>
---@overload fun(): T?, "closed"?
local Channel = {}

--- Sends a value; waits while the channel is full.
---
--- May surprise: nil is a value. A closed channel raises nothing: look at what `send` returns.
---
--- ```lua
--- local results = neap.channel(1)
--- print(results:send("coal"))
--- results:close()
--- print(results:send("salt"))
--- ```
--- ```text
--- true
--- nil	closed
--- ```
---@param value T
---@return true? sent
---@return "closed"? err  the channel is closed, before or while waiting; nothing was sent
function Channel:send(value) end

--- Sends a value if that needs no waiting.
---
--- ```lua
--- local results = neap.channel(1)
--- print(results:try_send("coal"))
--- print(results:try_send("salt"))
--- ```
--- ```text
--- true
--- nil	full
--- ```
---@param value T
---@return true? sent
---@return ("full"|"closed")? err
function Channel:try_send(value) end

--- Receives a value; waits while there is none.
---
--- May surprise: nil may be a value: only the second result tells the end.
---
--- ```lua
--- local results = neap.channel(1)
--- results:send("coal")
--- results:close()
--- print(results:wait())
--- print(results:wait())
--- ```
--- ```text
--- coal
--- nil	closed
--- ```
---@return T? value
---@return "closed"? err  the channel is closed and empty
function Channel:wait() end

--- The same as `wait`, by the name that goes with `try_recv`.
---
--- ```lua
--- local results = neap.channel(1)
--- results:send("coal")
--- print(results:recv())
--- ```
--- ```text
--- coal
--- ```
---@return T? value
---@return "closed"? err  the channel is closed and empty
function Channel:recv() end

--- Receives a value if there is one.
---
--- ```lua
--- local results = neap.channel(1)
--- print(results:try_recv())
--- results:send("coal")
--- print(results:try_recv())
--- ```
--- ```text
--- nil	empty
--- coal
--- ```
---@return T? value
---@return ("empty"|"closed")? err
function Channel:try_recv() end

--- Closes the channel: nothing more can be sent. Senders and receivers that wait get nil, "closed".
---
--- May surprise: what it keeps can still be received.
---
--- ```lua
--- local results = neap.channel(1)
--- results:send("coal")
--- print(results:close(), results:len())
--- print(results:wait())
--- ```
--- ```text
--- true	1
--- coal
--- ```
---@return true
function Channel:close() end

--- Calls fn with each value until the channel is closed and empty. fn may wait.
---
--- Raises what fn raises.
---
--- ```lua
--- local results = neap.channel(2)
--- results:send("coal")
--- results:send("salt")
--- results:close()
--- results:each(print)
--- ```
--- ```text
--- coal
--- salt
--- ```
---@param fn fun(value: T)
function Channel:each(fn) end

--- How many values the channel keeps.
---
--- ```lua
--- local results = neap.channel(2)
--- results:send("coal")
--- print(results:len())
--- ```
--- ```text
--- 1
--- ```
---@nodiscard
---@return integer
function Channel:len() end

--- An awaitable that sends a value: as an arm of a `select` it is ready when the value can be sent.
---
--- ```lua
--- local results = neap.channel(1)
--- print(neap.select({ results:sending("coal") }, "1s"))
--- print(neap.select({ results:sending("salt") }, "1s"))
--- ```
--- ```text
--- 1	true
--- nil	timeout
--- ```
---@nodiscard
---@param value T
---@return neap.Sending
function Channel:sending(value) end

--- What `channel:sending` makes.
---@class neap.Sending: neap.Awaitable<true?>
---@overload fun(): true?, "closed"?
local Sending = {}

--- Sends the value; waits while the channel is full.
---
--- ```lua
--- local results = neap.channel(1)
--- print(results:sending("coal"):wait())
--- print(results:wait())
--- ```
--- ```text
--- true
--- coal
--- ```
---@return true? sent
---@return "closed"? err
function Sending:wait() end

--## Signals and locks

--- Makes an event that is not set: tasks wait until it is; while it is set, nobody waits.
---
--- ```lua
--- local tide = neap.event()
--- for ship = 1, 2 do
---   neap.spawn(function() tide:wait() print("ship " .. ship) end)
--- end
--- neap.sleep("10ms")
--- tide:set()
--- ```
--- ```text
--- ship 1
--- ship 2
--- ```
---@nodiscard
---@return neap.Event
function neap.event() end

--- What `neap.event` makes.
---@class neap.Event: neap.Awaitable<true>
---@overload fun(): true
local Event = {}

--- Sets the event and wakes everyone who waits.
---
--- ```lua
--- local tide = neap.event()
--- print(tide:set(), tide:set())
--- ```
--- ```text
--- true	false
--- ```
---@return boolean changed  false if it was set before
function Event:set() end

--- Clears the event: from now on, whoever calls `wait` waits until it is set again.
---
--- May surprise: who has been woken goes on, so `set` followed at once by `clear` lets through
--- everyone who waits.
---
--- ```lua
--- local tide = neap.event()
--- tide:set()
--- print(tide:clear(), tide:clear())
--- ```
--- ```text
--- true	false
--- ```
---@return boolean changed  false if it was not set
function Event:clear() end

--- Waits until the event is set.
---
--- ```lua
--- local tide = neap.event()
--- neap.spawn(function() neap.sleep("10ms") tide:set() end)
--- print(tide:wait())
--- ```
--- ```text
--- true
--- ```
---@return true
function Event:wait() end

--- Whether the event is set.
---
--- ```lua
--- local tide = neap.event()
--- print(tide:done())
--- ```
--- ```text
--- false
--- ```
---@nodiscard
---@return boolean
function Event:done() end

--- Makes a semaphore: at most so many hold it at a time, first come first served.
---
--- May surprise: one of size 0 is a signal: who releases wakes who waits, and what nobody waits for
--- is kept.
---
--- ```lua
--- local berths = neap.semaphore(2)
--- for ship = 1, 3 do
---   neap.spawn(function()
---     berths:with(function() print("ship " .. ship) neap.sleep("1s") end)
---   end)
--- end
--- neap.yield()
--- print(berths)
--- ```
--- ```text
--- ship 1
--- ship 2
--- semaphore (0 of 2 free)
--- ship 3
--- ```
---@nodiscard
---@param size integer  how many can hold it at a time
---@return neap.Semaphore
function neap.semaphore(size) end

--- Makes a mutex: a semaphore for one holder.
---
--- May surprise: whoever holds it and acquires it again waits for itself.
---
--- ```lua
--- local bridge = neap.mutex()
--- print(bridge:try_acquire(), bridge:try_acquire())
--- ```
--- ```text
--- true	false
--- ```
---@nodiscard
---@return neap.Semaphore
function neap.mutex() end

--- What `neap.semaphore` and `neap.mutex` make.
---@class neap.Semaphore: neap.Awaitable<true>
---@overload fun(): true
local Semaphore = {}

--- Takes a permit; waits while there is none.
---
--- May surprise: it is the caller's to release, however it ends; `with` sees to that by itself.
---
--- ```lua
--- local bridge = neap.mutex()
--- print(bridge:acquire())
--- print(bridge:acquire("1s"))
--- ```
--- ```text
--- true
--- nil	timeout
--- ```
---@param timeout? neap.Duration
---@return true? acquired
---@return "timeout"? err
function Semaphore:acquire(timeout) end

--- Takes a permit, as an awaitable does: a semaphore can stand in a `select`.
---
--- ```lua
--- local bridge = neap.mutex()
--- print(neap.select({ bridge }, "1s"))
--- print(neap.select({ bridge }, "1s"))
--- ```
--- ```text
--- 1	true
--- nil	timeout
--- ```
---@return true
function Semaphore:wait() end

--- Takes a permit if one is free.
---
--- ```lua
--- local berths = neap.semaphore(1)
--- print(berths:try_acquire(), berths:try_acquire())
--- ```
--- ```text
--- true	false
--- ```
---@return boolean acquired
function Semaphore:try_acquire() end

--- How many permits are free.
---
--- ```lua
--- local berths = neap.semaphore(2)
--- berths:acquire()
--- print(berths:count())
--- ```
--- ```text
--- 1
--- ```
---@nodiscard
---@return integer
function Semaphore:count() end

--- Gives permits back; or, where it began with none, gives new ones.
---
--- Raises `attempt to release a semaphore that nobody holds`, or more of it than is held.
---
--- ```lua
--- local signal = neap.semaphore(0)
--- neap.spawn(function() signal:acquire() print("woken") end)
--- neap.yield()
--- signal:release(2)
--- print(signal:count())
--- ```
--- ```text
--- 1
--- woken
--- ```
---@param count? integer  1 if absent
function Semaphore:release(count) end

--- Calls a function with a permit, which is released however that ends: it returns, fails, or its
--- task is cancelled.
---
--- Raises what fn raises, or an error if fn has released the permit itself.
---
--- May surprise: on Lua 5.1, where fn waits and the VM refuses that (inside of a `sort`, for one),
--- the permit is kept until the task ends.
---
--- ```lua
--- local bridge = neap.mutex()
--- print(bridge:with(function(ship)
---   return ship .. " passes", bridge:try_acquire()
--- end, "ship 1"))
--- print(bridge)
--- ```
--- ```text
--- ship 1 passes	false
--- mutex (free)
--- ```
---@generic T, R
---@param fn fun(...: T...): R...
---@param ... T...  its arguments
---@return R...  its results
function Semaphore:with(fn, ...) end

--## The face `task`

--- The face of Luau runtimes, over coroutines: `require "task"`, or the global under `neap run`.
---@class task
local task = {}

--- Runs a function, or continues a coroutine, at once, up to its first wait.
---
--- Raises `suspended coroutine expected` for a coroutine that runs or is dead. What fn raises is
--- reported, not raised.
---
--- May surprise: it runs before `spawn` returns (`neap.spawn` queues); past 40 nested ones it runs
--- next. `coroutine.yield` in it parks it until somebody resumes it.
---
--- ```lua
--- task.spawn(function(name)
---   print(name, "begins")
---   task.wait(1)
---   print(name, "ends")
--- end, "ebb")
--- print("spawned")
--- ```
--- ```text
--- ebb	begins
--- spawned
--- ebb	ends
--- ```
---@generic T
---@param target fun(...: T...)|thread
---@param ... T...  its arguments
---@return thread
function task.spawn(target, ...) end

--- Runs a function, or continues a coroutine, after the tasks that are ready now.
---
--- Raises `suspended coroutine expected` for a coroutine that runs or is dead.
---
--- ```lua
--- task.defer(print, "deferred")
--- print("first")
--- task.wait()
--- print("last")
--- ```
--- ```text
--- first
--- deferred
--- last
--- ```
---@generic T
---@param target fun(...: T...)|thread
---@param ... T...  its arguments
---@return thread
function task.defer(target, ...) end

--- Runs a function, or continues a coroutine, after some seconds.
---
--- Raises `suspended coroutine expected` for a coroutine that runs or is dead.
---
--- May surprise: it returns a number, not a thread. What is no time counts as 0.
---
--- ```lua
--- task.delay(2, print, "late")
--- task.delay(1, print, "early")
--- task.cancel(task.delay(3, print, "never"))
--- ```
--- ```text
--- early
--- late
--- ```
---@generic T
---@param seconds number?
---@param target fun(...: T...)|thread
---@param ... T...  its arguments
---@return integer id  for `task.cancel`
function task.delay(seconds, target, ...) end

--- Suspends the caller for some seconds; without an argument, for a tick.
---
--- May surprise: it takes no text. nil, NaN, negative, infinite and absurd times count as 0.
---
--- ```lua
--- print(task.wait(0.5))
--- ```
--- ```text
--- 0.5
--- ```
---@param seconds? number
---@return number seconds  that have passed
function task.wait(seconds) end

--- Cancels a thread's task, or a delayed one by its id. Never raises.
---
--- ```lua
--- local thread = task.spawn(function() task.wait(1) print("never") end)
--- print(task.cancel(thread), task.cancel(thread))
--- print(task.cancel(2 ^ 60))
--- ```
--- ```text
--- true	false
--- nil	id 1152921504606846976 exceeds safe integer range (2^53)
--- ```
---@param target thread|number
---@return boolean? cancelled  false if there is no such task any more; nil for an impossible id
---@return string? err
function task.cancel(target) end

--## The face `ward.async`

--- Tasks that end with their handles, and bounded channels.
---@class ward.async
local ward = {}

--- Starts a task.
---
--- Raises nothing that fn raises: `wait` does.
---
--- May surprise: a handle that is collected cancels its task, unless it was detached or somebody
--- waits for it: keep it.
---
--- ```lua
--- local handle = async.spawn(function(n) return n * n end, 7)
--- print(handle:wait())
--- ```
--- ```text
--- 49
--- ```
---@generic T, R
---@nodiscard
---@param fn fun(...: T...): R...
---@param ... T...  its arguments
---@return ward.Task<R>
function ward.spawn(fn, ...) end

--- A handle of a task.
---@class ward.Task<R>: neap.Awaitable<R>
---@overload fun(): R
local Handle = {}

--- Waits for the task and gives its results; once only.
---
--- Raises `"task already joined"` the second time; `"cancelled"` if the task was cancelled; its
--- error.
---
--- ```lua
--- local handle = async.spawn(function() return "ebb" end)
--- print(handle:wait())
--- print(pcall(handle.wait, handle))
--- ```
--- ```text
--- ebb
--- false	task already joined
--- ```
---@return R
function Handle:wait() end

--- Cancels the task.
---
--- ```lua
--- local handle = async.spawn(neap.sleep, "1h")
--- print(handle:cancel(), handle:cancel())
--- ```
--- ```text
--- true	false
--- ```
---@return boolean cancelled  false if it has finished or was cancelled before
function Handle:cancel() end

--- Whether the task has finished.
---
--- ```lua
--- local handle = async.spawn(print, "runs")
--- print(handle:done())
--- neap.yield()
--- print(handle:done())
--- ```
--- ```text
--- false
--- runs
--- true
--- ```
---@nodiscard
---@return boolean
function Handle:done() end

--- Lets the task go on without its handle.
---
--- ```lua
--- async.spawn(function() neap.sleep("10ms") print("goes on") end):detach()
--- collectgarbage()
--- ```
--- ```text
--- goes on
--- ```
---@return boolean  true
function Handle:detach() end

--- Makes a bounded channel.
---
--- May surprise: it keeps 64 values unless told otherwise, and never none.
---
--- ```lua
--- print(async.channel(), async.channel { capacity = 2 })
--- ```
--- ```text
--- channel (capacity 64, empty)	channel (capacity 2, empty)
--- ```
---@nodiscard
---@param options? integer|{ capacity: integer? }  a capacity of 1 or more; 64 if absent
---@return neap.Channel<any>
function ward.channel(options) end

--- Waits for an awaitable.
---
--- Raises what its `wait` raises.
---
--- ```lua
--- print(async.await(async.spawn(function() return "ebb" end)))
--- ```
--- ```text
--- ebb
--- ```
---@generic T
---@param awaited neap.Awaitable<T>|neap.Foreign
---@return T
function ward.await(awaited) end

--- Waits for the first of several awaitables. There is no timeout: put `time.sleep` in the list.
---
--- Raises the error of the one that is ready, if its `wait` would.
---
--- ```lua
--- print(async.select { async.channel(1), time.sleep("1s") })
--- ```
--- ```text
--- 2	true
--- ```
---@param list (neap.Awaitable<any>|neap.Foreign)[]
---@return integer index
---@return any ...  what its `wait` returns
function ward.select(list) end

--## The face `ward.time`

--- Deadlines as awaitables, durations, and the time.
---@class ward.time
local time = {}

--- A number of seconds, a text, a Duration, or a table of parts.
---@alias ward.Length neap.Duration|ward.Duration|ward.Parts

--- Parts of a duration, which are added; at least one.
---@class ward.Parts
---@field days? number
---@field hours? number
---@field minutes? number
---@field seconds? number
---@field millis? number
---@field micros? number
---@field nanos? number

--- An awaitable that gives true at a deadline, which counts from this call.
---
--- May surprise: it does not sleep before somebody waits for it; `sleep_blocking` does.
---
--- ```lua
--- print(time.sleep("10ms"):wait())
--- ```
--- ```text
--- true
--- ```
---@nodiscard
---@param delay ward.Length
---@return neap.Timer
function time.sleep(delay) end

--- Sleeps here and now, without an awaitable. Only the calling task waits.
---
--- ```lua
--- print(time.sleep_blocking { millis = 10 })
--- ```
--- ```text
--- true
--- ```
---@param delay ward.Length
---@return true
function time.sleep_blocking(delay) end

--- Calls fn after a while, in a task of its own that lives without its handle.
---
--- ```lua
--- print(time.after("1s", function() return "late" end):wait())
--- ```
--- ```text
--- late
--- ```
---@generic R
---@overload fun(delay: ward.Length): neap.Timer
---@param delay ward.Length
---@param fn fun(): R...
---@return ward.Task<R>  gives fn's results; without fn an awaitable that gives true
function time.after(delay, fn) end

--- An awaitable that ticks 1, 2, 3 and so on, without drift.
---
--- May surprise: of length 0 it ticks without waiting (`neap.interval` refuses that).
---
--- ```lua
--- local bell = time.interval("1s")
--- print(bell:wait(), bell:wait())
--- bell:reset()
--- print(bell:wait())
--- ```
--- ```text
--- 1	2
--- 1
--- ```
---@nodiscard
---@param period ward.Length
---@return neap.Interval
function time.interval(period) end

--- Sets a deadline for an awaitable.
---
--- May surprise: what it waits for goes on after a timeout (`neap.timeout` cancels it).
---
--- ```lua
--- print(time.timeout(time.sleep("10ms"), "1s"):wait())
--- print(pcall(time.timeout(time.sleep("1h"), "1s")))
--- ```
--- ```text
--- true
--- false	timeout
--- ```
---@generic T
---@nodiscard
---@param awaited neap.Awaitable<T>|neap.Foreign
---@param limit ward.Length
---@return ward.Timeout<T>
function time.timeout(awaited, limit) end

--- What `time.timeout` makes.
---@class ward.Timeout<T>: neap.Awaitable<T>
---@overload fun(): T
local Timeout = {}

--- Waits for the awaitable, but no longer than to the deadline.
---
--- Raises `"timeout"`; what the awaitable's `wait` raises.
---
--- ```lua
--- local task = neap.spawn(function() return "in time" end)
--- print(time.timeout(task, "1s"):wait())
--- ```
--- ```text
--- in time
--- ```
---@return T
function Timeout:wait() end

--- Makes a Duration.
---
--- ```lua
--- local ebb = time.duration { hours = 6, minutes = 12 }
--- print(ebb, ebb + "1m", ebb * 2, ebb > time.duration("6h"))
--- ```
--- ```text
--- 22320s	22380s	44640s	true
--- ```
---@nodiscard
---@param value ward.Length
---@return ward.Duration
function time.duration(value) end

--- Reads a duration.
---
--- May surprise: a text that is none gives nil; `time.duration` raises.
---
--- ```lua
--- print(time.parse_duration("1h30m"), time.parse_duration("soon"))
--- ```
--- ```text
--- 5400s	nil
--- ```
---@nodiscard
---@param text string
---@return ward.Duration?  nil if the text is none
function time.parse_duration(text) end

--- A length of time, which may be negative. It can be added, subtracted, multiplied by a number,
--- negated and compared.
---@class ward.Duration
---@operator add(ward.Length): ward.Duration
---@operator sub(ward.Length): ward.Duration
---@operator mul(number): ward.Duration
---@operator unm: ward.Duration
local Duration = {}

--- Its seconds, with fractions.
---
--- ```lua
--- print(time.duration("1500ms"):seconds())
--- ```
--- ```text
--- 1.5
--- ```
---@nodiscard
---@return number
function Duration:seconds() end

--- Its whole milliseconds.
---
--- ```lua
--- print(("%d"):format(time.duration("1.5s"):millis()))
--- ```
--- ```text
--- 1500
--- ```
---@nodiscard
---@return number
function Duration:millis() end

--- Its whole microseconds.
---
--- ```lua
--- print(("%d"):format(time.duration("1.5s"):micros()))
--- ```
--- ```text
--- 1500000
--- ```
---@nodiscard
---@return number
function Duration:micros() end

--- Its whole nanoseconds.
---
--- ```lua
--- print(("%d"):format(time.duration("1.5s"):nanos()))
--- ```
--- ```text
--- 1500000000
--- ```
---@nodiscard
---@return number
function Duration:nanos() end

--- The opposite.
---
--- ```lua
--- print(time.duration("2s"):neg())
--- ```
--- ```text
--- -2s
--- ```
---@nodiscard
---@return ward.Duration
function Duration:neg() end

--- The length without its sign.
---
--- ```lua
--- print((time.duration("1s") - "3s"):abs())
--- ```
--- ```text
--- 2s
--- ```
---@nodiscard
---@return ward.Duration
function Duration:abs() end

--- The time of the system's clock, in whole seconds.
---
--- Raises `this Lua has no os.time`.
---
--- ```lua
--- local now = time.now()
--- print(now + "1m" - now)
--- ```
--- ```text
--- 60s
--- ```
---@nodiscard
---@return ward.TimePoint
function time.now() end

--- A point in time. One from another is a Duration; a length can be added and subtracted; two can
--- be compared.
---@class ward.TimePoint
---@operator add(ward.Length): ward.TimePoint
---@operator sub(ward.TimePoint): ward.Duration
---@operator sub(ward.Length): ward.TimePoint
local TimePoint = {}

--- The seconds since 1970.
---
--- ```lua
--- print(time.now():timestamp() > 1e9)
--- ```
--- ```text
--- true
--- ```
---@nodiscard
---@return number
function TimePoint:timestamp() end

--- The whole milliseconds since 1970.
---
--- ```lua
--- local now = time.now()
--- print(now:millis() == now:timestamp() * 1000)
--- ```
--- ```text
--- true
--- ```
---@nodiscard
---@return number
function TimePoint:millis() end

--- The whole microseconds since 1970.
---
--- ```lua
--- local now = time.now()
--- print(now:micros() == now:timestamp() * 1000000)
--- ```
--- ```text
--- true
--- ```
---@nodiscard
---@return number
function TimePoint:micros() end

--- Now, on the clock that never runs backwards: to measure from.
---
--- ```lua
--- local start = time.instant_now()
--- neap.sleep("2s")
--- print(time.instant_now() - start)
--- ```
--- ```text
--- 2s
--- ```
---@nodiscard
---@return ward.InstantPoint
function time.instant_now() end

--- A point on the clock that never runs backwards. One from another is a Duration.
---@class ward.InstantPoint
---@operator sub(ward.InstantPoint): ward.Duration
local InstantPoint = {}

--- How long ago it was.
---
--- ```lua
--- local start = time.instant_now()
--- neap.sleep("2s")
--- print(start:elapsed())
--- ```
--- ```text
--- 2s
--- ```
---@nodiscard
---@return ward.Duration
function InstantPoint:elapsed() end

--## The face `async_await`

--- Tasks that are created, started and joined; futures; async and await.
---@class async_await
local async_await = {}

--- A task of this face. Its fields may be read.
---@class async_await.Task
---@field state "pending"|"runnable"|"running"|"suspended"|"dead"
---@field error any  what it raised; "nil" for nil
---@field result table?  its results with their count in `n`, if there were any

--- Creates a task; it can be joined once it is started.
---
--- ```lua
--- local job = face.task_create(function(n) return n * n end, 7)
--- print(job.state)
--- face.task_start(job)
--- face.task_join(job)
--- print(job.state, job.result[1])
--- ```
--- ```text
--- pending
--- dead	49
--- ```
---@generic T
---@nodiscard
---@param fn fun(...: T...): any
---@param ... T...  its arguments
---@return async_await.Task
function async_await.task_create(fn, ...) end

--- Starts a task: it is runnable.
---
--- Raises `attempted to start a non-pending task`.
---
--- ```lua
--- local job = face.task_create(print, "runs")
--- face.task_start(job)
--- print(job.state)
--- print(pcall(face.task_start, job))
--- ```
--- ```text
--- runnable
--- false	attempted to start a non-pending task
--- runs
--- ```
---@param view async_await.Task
function async_await.task_start(view) end

--- Waits until a task is dead. From outside of these tasks it runs that task now, and what it
--- joins.
---
--- Raises `cannot join a pending task`, `cannot join a running task`.
---
--- May surprise: the task's error is not raised: look at `task.error`, or use a future.
---
--- ```lua
--- local job = face.task_create(error, "storm", 0)
--- face.task_start(job)
--- face.task_join(job)
--- print(job.state, job.error)
--- ```
--- ```text
--- dead	storm
--- ```
---@param view async_await.Task
function async_await.task_join(view) end

--- Lets other tasks run.
---
--- May surprise: it does nothing outside of every task, nor in one that is being joined from
--- outside.
---
--- ```lua
--- for i = 1, 2 do
---   face.task_start(face.task_create(function()
---     print(i, "begins")
---     face.task_yield()
---     print(i, "ends")
---   end))
--- end
--- face.task_schedule_all()
--- ```
--- ```text
--- 1	begins
--- 2	begins
--- 1	ends
--- 2	ends
--- ```
function async_await.task_yield() end

--- Runs the task that has been runnable longest, until it ends or waits.
---
--- ```lua
--- for i = 1, 2 do face.task_start(face.task_create(print, i)) end
--- face.task_schedule()
--- print("one has run")
--- ```
--- ```text
--- 1
--- one has run
--- 2
--- ```
function async_await.task_schedule() end

--- Runs all tasks, and those that they start, until none can be resumed now.
---
--- ```lua
--- for i = 1, 2 do face.task_start(face.task_create(print, i)) end
--- face.task_schedule_all()
--- print("all have run")
--- ```
--- ```text
--- 1
--- 2
--- all have run
--- ```
function async_await.task_schedule_all() end

--- A read-only view of a task's outcome.
---@class async_await.Future<R>: neap.Awaitable<R>
---@overload fun(): R
local View = {}

--- Waits for the task's results, as `future_get` does.
---
--- Raises the task's error.
---
--- ```lua
--- local square = face.async(function(n) return n * n end)
--- print(square(7):wait())
--- ```
--- ```text
--- 49
--- ```
---@return R
function View:wait() end

--- Creates a future: a read-only view of a task's outcome.
---
--- ```lua
--- local job = face.task_create(function() return "ebb" end)
--- local future = face.future_create(job)
--- face.task_start(job)
--- print(face.future_get(future))
--- ```
--- ```text
--- ebb
--- ```
---@nodiscard
---@param view async_await.Task
---@return async_await.Future<any>
function async_await.future_create(view) end

--- Waits for the task's results, by joining it.
---
--- Raises the task's error; `cannot join a pending task`.
---
--- ```lua
--- local square = face.async(function(n) return n * n end)
--- print(face.future_get(square(7)))
--- ```
--- ```text
--- 49
--- ```
---@generic R
---@param future async_await.Future<R>
---@return R
function async_await.future_get(future) end

--- Turns a function into one that starts a task and returns its future.
---
--- ```lua
--- local square = face.async(function(n) return n * n end)
--- local seven, eight = square(7), square(8)
--- print(face.await(seven), face.await(eight))
--- ```
--- ```text
--- 49	64
--- ```
---@generic T, R
---@nodiscard
---@param fn fun(...: T...): R...
---@return fun(...: T...): async_await.Future<R>
function async_await.async(fn) end

--- Waits for a future; or calls an async function in the current task, without a task of its own.
---
--- Raises what the task or the function raises.
---
--- ```lua
--- local square = face.async(function(n) return n * n end)
--- print(face.await(square(7)), face.await(square, 8))
--- ```
--- ```text
--- 49	64
--- ```
---@generic T, R
---@overload fun(awaited: neap.Awaitable<R>|neap.Foreign): R
---@param awaited fun(...: T...): R...
---@param ... T...  arguments, if that is a function
---@return neap.Awaited<R>...
function async_await.await(awaited, ...) end

return {
  modules = {
    neap = neap, task = task, ["ward.async"] = ward, ["ward.time"] = time,
    async_await = async_await,
  },
  classes = {
    Task = Task, Timer = Timer, Interval = Interval, Scope = Scope, Pool = Pool, Future = Future,
    Channel = Channel, Sending = Sending, Event = Event, Semaphore = Semaphore,
    ["ward.Task"] = Handle, ["ward.Timeout"] = Timeout, ["ward.Duration"] = Duration,
    ["ward.TimePoint"] = TimePoint, ["ward.InstantPoint"] = InstantPoint,
    ["async_await.Future"] = View,
  },
}
