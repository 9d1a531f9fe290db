using CustomerIoDestination.Rules;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.AzureServices.Tests;

/// <summary>The working directory belongs to the process, so these run alone.</summary>
[CollectionDefinition(nameof(AzureSettingsTests), DisableParallelization = true)]
[Collection(nameof(AzureSettingsTests))]
public sealed class AzureSettingsTests : IDisposable
{
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("standby-").FullName;
    private readonly string _name = $"{Guid.NewGuid():N}.json";

    public AzureSettingsTests()
    {
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, _name), """{"pages": false}""");
        Directory.SetCurrentDirectory(_elsewhere);
    }

    [Fact]
    public void A_relative_path_of_the_rules_counts_from_the_application_wherever_the_platform_starts_it()
    {
        RulesSource rules = AzureSettings.OpenRules(new DestinationSettings { Rules = new RulesSettings { Path = _name } });

        rules.Status.Path.ShouldBe(Path.Combine(AppContext.BaseDirectory, _name));
    }

    [Fact]
    public void A_path_without_a_file_stops_the_start() =>
        Should.Throw<InvalidOperationException>(() => AzureSettings.OpenRules(new DestinationSettings { Rules = new RulesSettings { Path = "missing.json" } }))
            .Message.ShouldContain("does not exist");

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_elsewhere, recursive: true);
        File.Delete(Path.Combine(AppContext.BaseDirectory, _name));
    }
}
