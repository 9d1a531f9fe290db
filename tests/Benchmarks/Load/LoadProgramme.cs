namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>Measures the whole product, prints <c>name⇥value⇥unit</c> lines, and in its full form writes the README's table.</summary>
internal static class LoadProgramme
{
    public static async Task<int> RunAsync(LoadSize size)
    {
        var report = new Report();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("destination-load-");
        try
        {
            MappingLoad.Run(report, size);
            await IngestLoad.RunAsync(report, size, folder.FullName);
            await DeliveryLoad.RunAsync(report, size, folder.FullName);
            await LatencyLoad.RunAsync(report, size, folder.FullName);
            await BacklogLoad.RunAsync(report, size, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        if (size.IsFull && FindReadme() is { } readme)
        {
            report.WriteInto(readme);
        }

        return 0;
    }

    private static string? FindReadme()
    {
        for (DirectoryInfo? folder = new(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FunctionsApp.sln")))
            {
                return Path.Combine(folder.FullName, "README.md");
            }
        }

        return null;
    }
}
