using CustomerIoDestination.LocalHost;

// The health check of a container: no second host, only a question to the one that runs.
if (args is ["health"])
{
    string? problem = await ListenAddresses.AskHealthAsync(new ConfigurationBuilder().AddEnvironmentVariables().Build(), TimeSpan.FromSeconds(5));
    await Console.Out.WriteLineAsync(problem ?? "healthy");
    return problem is null ? 0 : 1;
}

try
{
    await using LocalHostApp app = await LocalHostApp.StartAsync(args, CancellationToken.None);
    Console.WriteLine(Banner.For(app));
    await app.WaitForStopSignalAsync();
    Console.WriteLine(Banner.Stopping(await app.ReadQueueAsync()));
    Console.WriteLine(Banner.Stopped(await app.StopAsync()));
    return 0;
}
catch (StartRefusedException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 1;
}
