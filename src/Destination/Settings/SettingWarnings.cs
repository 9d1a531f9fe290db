using CustomerIoDestination.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Settings;

/// <summary>Logs at each start what about the settings was probably not meant or is not safe.</summary>
internal sealed partial class SettingWarnings(DestinationSettings settings, ILogger<SettingWarnings> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (Problem warning in settings.Warnings)
        {
            Log.Doubtful(logger, warning.Where, warning.Message);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Setting} {Problem}.")]
        public static partial void Doubtful(ILogger logger, string setting, string problem);
    }
}
