using System.CommandLine;
using System.Globalization;
using CustomerIoDestination.Chaos.Plan;
using CustomerIoDestination.Chaos.Run;

// dotnet run -c Release --project tests/Chaos                                                 the short form, as in CI
// dotnet run -c Release --project tests/Chaos -- --events 1000000 --kills 50 --seed 7         the long form
// dotnet run -c Release --project tests/Chaos -- --queue servicebus                           over Service Bus, on the broker double
if (args is [JumpingHost.Verb, var troubles, var clock, .. var hostSettings])
{
    return await JumpingHost.RunAsync(troubles, int.Parse(clock, CultureInfo.InvariantCulture), hostSettings);
}

Option<int> events = new("--events") { Description = "About how many events are sent.", DefaultValueFactory = _ => ChaosOptions.Short.Events };
Option<int> kills = new("--kills") { Description = "How often the host is killed.", DefaultValueFactory = _ => ChaosOptions.Short.Kills };
Option<int> seed = new("--seed") { Description = "Makes the plan repeatable.", DefaultValueFactory = _ => ChaosOptions.Short.Seed };
Option<int> rate = new("--rate") { Description = "Delivery__RequestsPerSecond.", DefaultValueFactory = _ => ChaosOptions.Short.RequestsPerSecond };
Option<ChaosQueue> queue = new("--queue") { Description = "The queue the host runs on.", DefaultValueFactory = _ => ChaosOptions.Short.Queue };
kills.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() < 1)
    {
        result.AddError("--kills must be at least 1.");
    }
});
RootCommand command = new("Sends events through the product while everything around it fails, and checks that nothing was lost, doubled or overtaken.")
{
    events, kills, seed, rate, queue,
};
command.SetAction(async (arguments, _) =>
{
    var options = new ChaosOptions
    {
        Events = arguments.GetValue(events),
        Kills = arguments.GetValue(kills),
        Seed = arguments.GetValue(seed),
        RequestsPerSecond = arguments.GetValue(rate),
        Queue = arguments.GetValue(queue),
    };
    ChaosReport report = await ChaosProgramme.RunAsync(options, Console.WriteLine);
    report.WriteTo(Console.Out);
    return report.Violations.Count == 0 ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
