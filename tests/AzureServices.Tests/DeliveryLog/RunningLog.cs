using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.DeliveryLog;
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
        Days = new DayTables(Service, TimeProvider.System);
        LogBuffer buffer = new(NullLogger<LogBuffer>.Instance);
        Log = new TableDeliveryLog(Days, buffer);
        _writer = new LogWriter(Days, buffer, TimeProvider.System, NullLogger<LogWriter>.Instance);
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
