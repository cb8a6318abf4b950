--- A virtual clock: a sleep moves it forward, and takes no time.
--
-- Every run on it is deterministic and as fast as the program itself. It starts at 0. A sleep for
-- ever (math.huge) does nothing, for nothing outside can wake a task.

return require("neap.kernel.clock").virtual()
