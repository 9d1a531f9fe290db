using CustomerIoDestination.SqliteQueue.Tests.Crashes;

return await ChildProcess.RunAsync(args);
