using CustomerIoDestination.Model;
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
        Problem[] missing = [.. Missing(configuration)];
        Checked<DestinationSettings> read = SettingsReader.Read(configuration);
        if (missing.Length > 0)
        {
            IReadOnlyList<Problem> problems = (read as Checked<DestinationSettings>.Invalid)?.Problems ?? [];
            read = new Checked<DestinationSettings>.Invalid(SettingsReader.What, [.. problems.Concat(missing).DistinctBy(problem => problem.Where)]);
        }

        return read.OrThrow(message => new InvalidOperationException(message));
    }

    /// <summary>
    /// Opens the rules the settings name. A relative path counts from the application: the platform may start the worker in a folder of its own
    /// (azure-functions-dotnet-worker#3374).
    /// </summary>
    /// <exception cref="InvalidOperationException">They are not good; the message lists every problem. The host must not start.</exception>
    public static RulesSource OpenRules(DestinationSettings settings) => RulesSource.Open(BesideTheApplication(settings.Rules), TimeProvider.System).OrThrow(message => new InvalidOperationException(message));

    private static IEnumerable<Problem> Missing(IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration["ServiceBus"]) && string.IsNullOrWhiteSpace(configuration["ServiceBus:fullyQualifiedNamespace"]))
        {
            yield return new Problem("ServiceBus__fullyQualifiedNamespace", "is missing; the app works on Service Bus, so a namespace (or the connection string ServiceBus) is needed");
        }

        if (configuration["ServiceBus:fullyQualifiedNamespace"]?.Trim() is { Length: > 0 } name && name.AsSpan().ContainsAny(":/"))
        {
            yield return new Problem("ServiceBus__fullyQualifiedNamespace", "is an address; the trigger takes a host name alone, like my-namespace.servicebus.windows.net");
        }

        if (string.IsNullOrWhiteSpace(configuration["ServiceBusQueueName"]))
        {
            yield return new Problem("ServiceBusQueueName", "is missing; the trigger and the platform's scaler take the queue's name from it");
        }
    }

    private static RulesSettings BesideTheApplication(RulesSettings rules) =>
        rules.Path is { } path ? rules with { Path = Path.Combine(AppContext.BaseDirectory, path) } : rules;
}
