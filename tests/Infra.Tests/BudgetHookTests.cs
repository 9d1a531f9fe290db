using System.Globalization;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>A budget's first day must not change, and a runner keeps nothing between two deployments.</summary>
public sealed class BudgetHookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("budget").FullName;

    [ShellFact]
    public async Task The_day_of_the_budget_that_is_there_is_kept()
    {
        Program("az", "echo 2026-03-01T00:00:00Z");

        (await RunAsync()).ShouldBe(["env set BUDGET_START 2026-03-01"]);
    }

    [ShellTheory]
    [InlineData("exit 3")]
    [InlineData("echo")]
    public async Task Without_a_budget_it_is_the_first_of_this_month(string az)
    {
        Program("az", az);

        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        string set = (await RunAsync()).ShouldHaveSingleItem();

        set.ShouldBeOneOf(FirstOfMonth(before), FirstOfMonth(TimeProvider.System.GetUtcNow()));
    }

    [ShellFact]
    public async Task A_day_that_is_set_stays()
    {
        Program("az", "echo 2026-03-01T00:00:00Z");

        (await RunAsync(start: "2026-05-01")).ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string FirstOfMonth(DateTimeOffset now) => now.ToString("'env set BUDGET_START 'yyyy-MM'-01'", CultureInfo.InvariantCulture);

    private async Task<string[]> RunAsync(string? start = null)
    {
        string calls = Path.Combine(_folder, "calls");
        await File.WriteAllTextAsync(calls, "");
        Program("azd", $"echo \"$@\" >> '{calls}'");
        CommandResult result = await CommandLine.RunAsync("sh", _folder, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}",
            ["AZURE_ENV_NAME"] = "prod",
            ["AZURE_SUBSCRIPTION_ID"] = "00000000-0000-0000-0000-000000000000",
            ["BUDGET_START"] = start,
        }, Repository.PathOf("infra/hooks/budget-start.sh"));
        result.ExitCode.ShouldBe(0, result.Everything);
        return await File.ReadAllLinesAsync(calls);
    }

    private void Program(string name, string script)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
