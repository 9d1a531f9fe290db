using System.Diagnostics;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.AzureServices;

/// <summary>The settings of a host in Azure.</summary>
public static class AzureSettings
{
    /// <summary>Reads and checks every setting.</summary>
    /// <exception cref="InvalidOperationException">They are not good; the message lists every problem, and no secret. The host must not start.</exception>
    public static DestinationSettings Read(IConfiguration configuration) => SettingsReader.Read(configuration) switch
    {
        SettingsResult.Valid valid => valid.Settings,
        SettingsResult.Invalid invalid => throw new InvalidOperationException(invalid.Message),
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Opens the rules the settings name. A relative path counts from the application: the platform may start the worker in a folder of its own
    /// (azure-functions-dotnet-worker#3374).
    /// </summary>
    /// <exception cref="InvalidOperationException">They are not good; the message lists every problem. The host must not start.</exception>
    public static RulesSource OpenRules(DestinationSettings settings) => RulesSource.Open(BesideTheApplication(settings.Rules), TimeProvider.System) switch
    {
        RulesOpening.Opened opened => opened.Source,
        RulesOpening.Refused refused => throw new InvalidOperationException(refused.Message),
        _ => throw new UnreachableException(),
    };

    private static RulesSettings BesideTheApplication(RulesSettings rules) =>
        rules.Path is { } path ? rules with { Path = Path.Combine(AppContext.BaseDirectory, path) } : rules;
}
