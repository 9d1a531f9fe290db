using System.CommandLine;
using CustomerIoDestination.Fuzz;

// dotnet run -c Release --project tests/Fuzz                                      each reader in seconds, as in the tests
// dotnet run -c Release --project tests/Fuzz -- --door 10000000 --seed 1          the door for as long as that takes
// dotnet run -c Release --project tests/Fuzz -- --only door --at 4711 --seed 1    one input again
Option<long> door = new("--door") { Description = "Bodies at the door of POST /api/events.", DefaultValueFactory = _ => 20_000 };
Option<long> answers = new("--answers") { Description = "Answers of Customer.io.", DefaultValueFactory = _ => 20_000 };
Option<long> retryAfter = new("--retry-after") { Description = "Values of the header Retry-After.", DefaultValueFactory = _ => 20_000 };
Option<long> rules = new("--rules") { Description = "Rules files.", DefaultValueFactory = _ => 5_000 };
Option<long> cliAnswers = new("--cli-answers") { Description = "Answers of a host to the command line.", DefaultValueFactory = _ => 5_000 };
Option<long> cliFiles = new("--cli-files") { Description = "Files the command line reads.", DefaultValueFactory = _ => 5_000 };
Option<int> seed = new("--seed") { Description = "Makes the inputs repeatable.", DefaultValueFactory = _ => 1 };
Option<string?> only = new("--only") { Description = "Only this one: door, answers, retry-after, rules, cli-answers or cli-files." };
Option<long?> at = new("--at") { Description = "Only the input of this number; it is shown." };
RootCommand command = new("Throws mutations of good input at the product's readers, and checks that each ends in one of the ends it may have.")
{
    door, answers, retryAfter, rules, cliAnswers, cliFiles, seed, only, at,
};
command.SetAction(async (arguments, _) =>
{
    (Fuzzer Fuzzer, long Count)[] all =
    [
        (new DoorFuzzer(), arguments.GetValue(door)),
        (new AnswerFuzzer(), arguments.GetValue(answers)),
        (new RetryAfterFuzzer(), arguments.GetValue(retryAfter)),
        (new RulesFuzzer(), arguments.GetValue(rules)),
        (new CliAnswerFuzzer(), arguments.GetValue(cliAnswers)),
        (new CliFileFuzzer(), arguments.GetValue(cliFiles)),
    ];
    bool good = true;
    foreach ((Fuzzer fuzzer, long count) in all.Where(one => arguments.GetValue(only) is not { } name || one.Fuzzer.Name == name))
    {
        if (arguments.GetValue(at) is { } number)
        {
            Console.WriteLine(System.Text.Encoding.UTF8.GetString(fuzzer.Input(arguments.GetValue(seed), number)));
            Console.WriteLine(await fuzzer.TryAsync(arguments.GetValue(seed), number) ?? "good");
            continue;
        }

        FuzzReport report = await fuzzer.RunAsync(arguments.GetValue(seed), count);
        Console.WriteLine(report);
        good &= report.Violations.Count == 0;
    }

    return good ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
