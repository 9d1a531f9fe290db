using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace CustomerIoDestination.AzureServices.Tests.Support;

/// <summary>
/// One Azurite for all tests of the run, on ports of its own choice, ended with the run. Each test asks for an account of its own, so that tests don't see
/// each other's blobs and tables.
/// </summary>
internal sealed partial class Azurite
{
    private const int Accounts = 64;
    private const string Key = "a2V5LW9mLXRoZS1lbXVsYXRvcg==";

    private static readonly Task<Azurite> Started = Task.Run(StartAsync);

    private readonly string _blobs;
    private readonly string _tables;
    private int _given;

    private Azurite(string blobs, string tables)
    {
        _blobs = blobs;
        _tables = tables;
    }

    /// <summary>A connection string to an account nobody else uses.</summary>
    public static async Task<string> NewAccountAsync()
    {
        Azurite azurite = await Started;
        string account = NameOf(Interlocked.Increment(ref azurite._given));
        return $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key};BlobEndpoint={azurite._blobs}/{account};TableEndpoint={azurite._tables}/{account};";
    }

    private static async Task<Azurite> StartAsync()
    {
        string directory = Metadata("AzuriteDirectory");
        await InstallAsync(directory);
        ProcessStartInfo start = new("node",
        [
            "node_modules/azurite/dist/src/azurite.js", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry",
            "--blobPort", "0", "--queuePort", "0", "--tablePort", "0",
        ])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(0, Accounts).Select(number => $"{NameOf(number)}:{Key}"));
        Process process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => process.Kill();
        Dictionary<string, string> addresses = [];
        while (addresses.Count < 3)
        {
            string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Azurite ended before it listened.");
            if (Listening().Match(line) is { Success: true } match)
            {
                addresses.Add(match.Groups[1].Value, match.Groups[2].Value);
            }
        }

        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return new Azurite(addresses["Blob"], addresses["Table"]);
    }

    private static async Task InstallAsync(string directory)
    {
        string package = Metadata("AzuritePackage");
        string installed = Path.Combine(directory, "package-lock.json");
        string wanted = await File.ReadAllTextAsync(Path.Combine(package, "package-lock.json"));
        if (Directory.Exists(Path.Combine(directory, "node_modules", "azurite")) && await File.ReadAllTextAsync(installed) == wanted)
        {
            return;
        }

        Directory.CreateDirectory(directory);
        File.Copy(Path.Combine(package, "package.json"), Path.Combine(directory, "package.json"), overwrite: true);
        await File.WriteAllTextAsync(installed, wanted);
        using Process npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = directory })!;
        await npm.WaitForExitAsync();
        npm.ExitCode.ShouldBe(0, "npm could not install Azurite");
    }

    private static string NameOf(int account) => string.Create(CultureInfo.InvariantCulture, $"account{account}");

    private static string Metadata(string key) =>
        typeof(Azurite).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    [GeneratedRegex(@"Azurite (\w+) service is successfully listening at (\S+)", RegexOptions.None, 1000)]
    private static partial Regex Listening();
}
