using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.AzureServices.Tests.DeliveryLog;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>The log in tables, with what waits written before each look: a running process does that each second, which no test waits for.</summary>
internal sealed class TableLog : IDeliveryLog, IDisposable
{
    private readonly DayTables _days;
    private readonly TableDeliveryLog _log;
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;

    private TableLog(string account, TimeProvider time)
    {
        _time = time;
        TableAccess access = new(time);
        _days = new DayTables(new TableServiceClient(account), access, time);
        LogBuffer buffer = SomeLog.Buffer(time);
        _log = new TableDeliveryLog(_days, access, buffer);
        _writer = new LogWriter(_days, access, buffer, time, NullLogger<LogWriter>.Instance);
    }

    public static async Task<TableLog> StartAsync(TimeProvider time) => new(await Azurite.NewAccountAsync(), time);

    public Task RecordAsync(IReadOnlyList<DeliveryLogEntry> entries, CancellationToken cancellationToken) => _log.RecordAsync(entries, cancellationToken);

    public async Task<DeliveryLogPage> ListAsync(DeliveryLogQuery query, CancellationToken cancellationToken)
    {
        await WriteAsync();
        return await _log.ListAsync(query, cancellationToken);
    }

    public async Task<EventStory?> FindStoryAsync(string eventId, CancellationToken cancellationToken)
    {
        await WriteAsync();
        return await _log.FindStoryAsync(eventId, cancellationToken);
    }

    public Task DropExpiredAsync() => _days.DropExpiredAsync(_time.GetUtcNow(), CancellationToken.None);

    public void Dispose() => _writer.Dispose();

    // What a process does with the rest when it ends.
    private Task WriteAsync() => _writer.StopAsync(CancellationToken.None);
}
