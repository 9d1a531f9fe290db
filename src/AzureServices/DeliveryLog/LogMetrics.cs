using System.Diagnostics.Metrics;
using CustomerIoDestination.Telemetry;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>
/// What is to be known of the log itself.
/// <list type="table">
/// <item><term><c>destination.delivery_log.lost</c></term><description>lines let go because storage took none</description></item>
/// </list>
/// </summary>
internal sealed class LogMetrics(IMeterFactory factory)
{
    private readonly Counter<long> _lost = factory.Create(DestinationTracing.Name).CreateCounter<long>("destination.delivery_log.lost", "{line}");

    /// <summary>So many lines were let go.</summary>
    public void Lost(int lines) => _lost.Add(lines);
}
