using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.AzureServices.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomerIoDestination.AzureServices.Tests.DeliveryLog;

/// <summary>The log of one process on an account, at the real time.</summary>
internal sealed class RunningLog : IAsyncDisposable
{
    private readonly LogWriter _writer;

    private RunningLog(string account)
    {
        Service = new TableServiceClient(account);
        TableAccess access = new(TimeProvider.System);
        Days = new DayTables(Service, access, TimeProvider.System);
        LogBuffer buffer = SomeLog.Buffer(TimeProvider.System);
        Log = new TableDeliveryLog(Days, access, buffer);
        _writer = new LogWriter(Days, access, buffer, TimeProvider.System, NullLogger<LogWriter>.Instance);
    }

    public TableServiceClient Service { get; }

    public DayTables Days { get; }

    public TableDeliveryLog Log { get; }

    public static async Task<RunningLog> StartAsync(string? account = null)
    {
        RunningLog log = new(account ?? await Azurite.NewAccountAsync());
        await log._writer.StartAsync(CancellationToken.None);
        return log;
    }

    /// <summary>What waits is written when the process ends.</summary>
    public Task StopAsync() => _writer.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _writer.Dispose();
    }
}
