using System.Collections.Concurrent;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>Remembers what was recorded. It can't be read through the port: the log is not Service Bus's.</summary>
internal sealed class RecordedLog : IDeliveryLog
{
    private readonly ConcurrentQueue<DeliveryLogEntry> _entries = new();

    public IReadOnlyCollection<DeliveryLogEntry> Entries => _entries;

    public Exception? Failure { get; set; }

    /// <summary>Called after each recording.</summary>
    public Action Recorded { get; set; } = static () => { };

    public Task RecordAsync(IReadOnlyList<DeliveryLogEntry> entries, CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
        {
            return Task.FromException(failure);
        }

        foreach (DeliveryLogEntry entry in entries)
        {
            _entries.Enqueue(entry);
        }

        Recorded();
        return Task.CompletedTask;
    }

    public Task<DeliveryLogPage> ListAsync(DeliveryLogQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<EventStory?> FindStoryAsync(string eventId, CancellationToken cancellationToken) => throw new NotSupportedException();
}
