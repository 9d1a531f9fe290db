using System.Diagnostics.Metrics;
using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomerIoDestination.AzureServices.Tests.DeliveryLog;

/// <summary>Parts of the log to test with.</summary>
internal static class SomeLog
{
    public static IMeterFactory Meters { get; } = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static LogBuffer Buffer(TimeProvider time, IMeterFactory? meters = null, ILogger<LogBuffer>? log = null) =>
        new(new LogMetrics(meters ?? Meters), time, log ?? NullLogger<LogBuffer>.Instance);

    public static DeliveryLogEntry Line(int number) => new()
    {
        At = DateTimeOffset.UnixEpoch.AddDays(20_000),
        EventId = "01",
        Kind = EventKind.Track,
        Lane = Lane.Live,
        Step = EventStep.Delivery,
        Outcome = AttemptOutcome.Delivered,
        Attempts = number,
    };
}
