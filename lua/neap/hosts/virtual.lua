--- A clock on which no time is lost: to sleep moves it forward at once.
--
-- Every run on it is deterministic and as fast as the program itself. It starts at 0. To sleep for
-- ever is not possible on it: nothing outside can wake a task.

return require("neap.kernel.clock").virtual()
