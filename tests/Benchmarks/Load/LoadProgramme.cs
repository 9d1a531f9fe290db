namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>Measures the whole product, prints <c>name⇥value⇥unit</c> lines, and in its full form writes the table of docs/measured.md.</summary>
internal static class LoadProgramme
{
    private static readonly (string Name, Func<Report, LoadSize, string, Task> Run)[] Parts =
    [
        ("mapping", static (report, size, _) => Task.Run(() => MappingLoad.Run(report, size))),
        ("ingest", IngestLoad.RunAsync),
        ("delivery", DeliveryLoad.RunAsync),
        ("rate", RateLoad.RunAsync),
        ("latency", LatencyLoad.RunAsync),
        ("backlog", BacklogLoad.RunAsync),
        ("servicebus", ServiceBusLoad.RunAsync),
    ];

    // Not in the table: what few deployments switch on, and what takes long.
    private static readonly (string Name, Func<Report, LoadSize, string, Task> Run)[] OnRequest = [("people", PeopleLoad.RunAsync), ("ids", IdsLoad.RunAsync)];

    private static (string Name, Func<Report, LoadSize, string, Task> Run)[] All => [.. Parts, .. OnRequest];

    /// <summary>Runs every part; in full size the table is written.</summary>
    public static async Task<int> RunAsync(LoadSize size)
    {
        var report = new Report();
        foreach ((string name, _) in Parts)
        {
            await RunPartAsync(name, report, size);
        }

        if (size.IsFull && FindPage() is { } page)
        {
            report.WriteInto(page);
        }

        return 0;
    }

    /// <summary>Runs one part in full size, and writes nothing.</summary>
    public static async Task<int> RunPartAsync(string name)
    {
        if (All.Any(part => part.Name == name))
        {
            await RunPartAsync(name, new Report(), LoadSize.Full);
            return 0;
        }

        await Console.Error.WriteLineAsync($"There is no part \"{name}\"; there are {string.Join(", ", All.Select(part => part.Name))}.");
        return 2;
    }

    private static async Task RunPartAsync(string name, Report report, LoadSize size)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("destination-load-");
        try
        {
            await All.Single(part => part.Name == name).Run(report, size, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? FindPage()
    {
        for (DirectoryInfo? folder = new(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FunctionsApp.sln")))
            {
                return Path.Combine(folder.FullName, "docs", "measured.md");
            }
        }

        return null;
    }
}
