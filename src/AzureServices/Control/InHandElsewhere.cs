using CustomerIoDestination.AzureServices.ServiceBus.Handling;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>What other processes last said they hold, because the broker tells nobody who holds what. Up to <see cref="InstanceReport.Interval"/> old.</summary>
internal sealed class InHandElsewhere(SharedControl own, ControlTable table, TimeProvider time)
{
    // A queue's status is told without it, not late for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The sum; nothing where the table can't be asked in time.</summary>
    public async Task<InHand> ReadAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return Sum(await table.ReadReportsAsync(either.Token));
        }
#pragma warning disable CA1031 // The reporter tells of trouble with the table; here it only makes for a rougher number.
        catch (Exception)
#pragma warning restore CA1031
        {
            return default;
        }
    }

    private InHand Sum(IReadOnlyList<InstanceReport> reports)
    {
        DateTimeOffset now = time.GetUtcNow();
        return reports.Where(report => report.Id != own.Id && now - report.SeenAt < InstanceReport.Fresh).Aggregate(default(InHand), static (sum, report) => sum + report.InHand);
    }
}
