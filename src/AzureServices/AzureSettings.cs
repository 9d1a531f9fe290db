using System.Diagnostics;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.AzureServices;

/// <summary>The settings of a host in Azure.</summary>
public static class AzureSettings
{
    /// <summary>Reads and checks every setting, and that the queue's are there: the trigger reads them by these names and knows no defaults.</summary>
    /// <exception cref="InvalidOperationException">They are not good; the message lists every problem, and no secret. The host must not start.</exception>
    public static DestinationSettings Read(IConfiguration configuration)
    {
        SettingProblem[] missing = [.. Missing(configuration)];
        return SettingsReader.Read(configuration) switch
        {
            SettingsResult.Valid valid when missing.Length == 0 => valid.Settings,
            SettingsResult.Valid => throw Refused(missing),
            SettingsResult.Invalid invalid => throw Refused([.. invalid.Problems.Concat(missing).DistinctBy(problem => problem.Name)]),
            _ => throw new UnreachableException(),
        };
    }

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

    private static InvalidOperationException Refused(IReadOnlyList<SettingProblem> problems) => new(new SettingsResult.Invalid(problems).Message);

    private static IEnumerable<SettingProblem> Missing(IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration["ServiceBus"]) && string.IsNullOrWhiteSpace(configuration["ServiceBus:fullyQualifiedNamespace"]))
        {
            yield return new SettingProblem("ServiceBus__fullyQualifiedNamespace", "is missing; the app works on Service Bus, so a namespace (or the connection string ServiceBus) is needed");
        }

        if (string.IsNullOrWhiteSpace(configuration["ServiceBusQueueName"]))
        {
            yield return new SettingProblem("ServiceBusQueueName", "is missing; the trigger and the platform's scaler take the queue's name from it");
        }
    }

    private static RulesSettings BesideTheApplication(RulesSettings rules) =>
        rules.Path is { } path ? rules with { Path = Path.Combine(AppContext.BaseDirectory, path) } : rules;
}
