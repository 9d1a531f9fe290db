using CustomerIoDestination.LocalHost;

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
