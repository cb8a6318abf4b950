--- What each scheduler is given to do: through the `task` library and nothing else, so that the
-- same text runs on both.
--
-- Each returns how many times it does the thing that is measured; `done` counts those that were.

local call, pass, task = rawget(_G, "call"), rawget(_G, "pass"), task

local work = { done = 0 }


local function count()
  work.done = work.done + 1
end


--- 1,000 functions that defer themselves again and again.
function work.defer()
  local chains, length = 1000, 50
  local function defer(left)
    count()
    if left > 1 then task.defer(defer, left - 1) end
  end
  for _ = 1, chains do task.defer(defer, length) end
  return chains * length
end


--- Functions that return at once.
function work.spawn()
  local threads = 50000
  for _ = 1, threads do task.spawn(count) end
  return threads
end


local function threads_that_wait(threads, waits, seconds)
  for _ = 1, threads do
    task.spawn(function()
      for _ = 1, waits do
        task.wait(seconds)
        count()
      end
    end)
  end
  return threads * waits
end


local function threads_that_call(fn, threads, calls)
  for _ = 1, threads do
    task.spawn(function()
      for _ = 1, calls do
        fn()
        count()
      end
    end)
  end
  return threads * calls
end


--- 1,000 threads that call an async function which is ready at once.
function work.call()
  return threads_that_call(call, 1000, 20)
end


--- 1,000 threads that call one which is woken once.
function work.pass()
  return threads_that_call(pass, 1000, 20)
end


--- 1,000 threads that wait without a time. The peer makes that a millisecond, for all together.
function work.wait()
  return threads_that_wait(1000, 20)
end


--- One thread that waits without a time.
function work.wait_alone()
  return threads_that_wait(1, 200)
end


--- One thread that waits for a millisecond.
function work.sleep_alone()
  return threads_that_wait(1, 200, 0.001)
end


--- 20,000 threads that wait for 1 to 101 milliseconds.
function work.sleep()
  local threads = 20000
  for _ = 1, threads do
    task.spawn(function()
      task.wait(0.001 + math.random() / 10)
      count()
    end)
  end
  return threads
end


--- 20,000 functions that are delayed by 1 to 101 milliseconds.
function work.delay()
  local functions = 20000
  for _ = 1, functions do task.delay(0.001 + math.random() / 10, count) end
  return functions
end

return work
