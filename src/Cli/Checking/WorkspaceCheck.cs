using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Checking;

/// <summary>Tells whether there is a workspace to deliver to, and asks Customer.io whether key and region fit. Nothing is written there.</summary>
internal static class WorkspaceCheck
{
    /// <summary>Tells what came of it; whether it is good, or can't be asked from here.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="asks">Whether Customer.io is asked. What the settings say by themselves is told without that too.</param>
    /// <param name="console">Where it is told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<bool> RunAsync(DestinationSettings settings, bool asks, IAnsiConsole console, CancellationToken cancellationToken)
    {
        if (settings.CustomerIo.SiteId is null && settings.WhyNoSandbox() is { } reason)
        {
            const string Remedy = "set CustomerIo__SiteId and CustomerIo__ApiKey, or Sandbox__Enabled=true";
            if (asks)
            {
                console.Line($"[red]✗[/] Customer.io: no site id, and {reason}; {Remedy}");
                return false;
            }

            // They may lie elsewhere: the workflow that deploys checks the settings that are no secrets.
            console.Line($"[yellow]![/] Customer.io: no site id here, and {reason}; {Remedy}");
            return true;
        }

        if (!asks)
        {
            return true;
        }

        if (settings.CustomerIo is not { SiteId: not null, ApiKey: not null })
        {
            console.Line($"[yellow]·[/] Customer.io: {(settings.CustomerIo.SiteId is null ? "no site id; the local host delivers to its sandbox" : "the key is in Key Vault, which only the app can read")}");
            return true;
        }

        await using ServiceProvider services = new ServiceCollection()
            .AddLogging()
            .AddCustomerIoDestination(settings, RulesSource.Of(DestinationRules.None))
            .BuildServiceProvider();
        PingResult ping = await services.GetRequiredService<TrackApiClient>().PingAsync(cancellationToken);
        if (ping is PingResult.Good good)
        {
            console.Line($"[green]✓[/] Customer.io: workspace {good.Workspace?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "of unknown number"} at {good.Url}");
            return true;
        }

        console.Line($"[red]✗[/] Customer.io: {Problem(ping)}");
        return false;
    }

    /// <summary>What is wrong, for people.</summary>
    public static string Problem(PingResult ping) => ping switch
    {
        PingResult.Refused refused => $"refuses site id and key ({refused.Status}); CustomerIo__SiteId and CustomerIo__ApiKey must be Track API credentials of one workspace",
        PingResult.WrongUrl { Url: { } url } => $"the workspace is at {url}; set CustomerIo__Region accordingly, or to auto",
        PingResult.WrongUrl => "there is no Track API at the configured address; look at CustomerIo__TrackApiUrl and CustomerIo__Region",
        PingResult.NoCredentials => "was not asked: there is no API key; set CustomerIo__ApiKey, or look whether the vault holds one",
        PingResult.NoAnswer { Code: var code } when code.StartsWith("http_", StringComparison.Ordinal) => $"answers {code["http_".Length..]}, which does not tell whether site id and key fit; try again later",
        PingResult.NoAnswer none => $"gives no answer ({none.Code})",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
