using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Checking;

/// <summary>Asks Customer.io whether key and region fit. Nothing is written there.</summary>
internal static class WorkspaceCheck
{
    /// <summary>Tells what came of it; whether it is good, or can't be asked from here.</summary>
    public static async Task<bool> RunAsync(DestinationSettings settings, IAnsiConsole console, CancellationToken cancellationToken)
    {
        if (settings.CustomerIo.SiteId is null && settings.WhyNoSandbox() is { } reason)
        {
            console.Line($"[red]✗[/] Customer.io: no site id, and {reason}; set CustomerIo__SiteId and CustomerIo__ApiKey, or Sandbox__Enabled=true");
            return false;
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

    private static string Problem(PingResult ping) => ping switch
    {
        PingResult.Refused refused => $"refuses site id and key ({refused.Status}); CustomerIo__SiteId and CustomerIo__ApiKey must be Track API credentials of one workspace",
        PingResult.WrongUrl { Url: { } url } => $"the workspace is at {url}; set CustomerIo__Region accordingly, or to auto",
        PingResult.WrongUrl => "there is no Track API at the configured address; look at CustomerIo__TrackApiUrl and CustomerIo__Region",
        PingResult.NoCredentials => "was not asked: there is no API key; set CustomerIo__ApiKey, or look whether the vault holds one",
        PingResult.NoAnswer none => $"gives no answer ({none.Code})",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
