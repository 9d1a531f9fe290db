using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>What became of the events of each run of replay. Changes in the transactions that replay and settle them.</summary>
internal sealed class ReplayTable(SqliteConnection connection) : IDisposable
{
    /// <summary>How long a run is remembered.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    private const string Replayed = "replayed";
    private const string CameBack = "deadLettered/";

    private readonly Statement _add = new(connection,
        "insert into replays (run, what, number) values (?1, ?2, ?3) on conflict do update set number = number + excluded.number");

    private readonly Statement _forget = new(connection, "delete from replays where run < ?1");

    private readonly Statement _read = new(connection, "select what, number from replays where run = ?1");

    /// <summary>A run replayed so many more. Runs that are long over are forgotten.</summary>
    public void AddReplayed(DeadLetterRun run, int number)
    {
        _forget.Bind(1, run.BeganAt - Retention).Execute();
        _add.Bind(1, run.Id).Bind(2, Replayed).Bind(3, number).Execute();
    }

    /// <summary>An event of a run came to its end; nothing happens where it is of none, or is given back.</summary>
    public void AddEnd(long? run, DeliveryAttempt attempt)
    {
        if (run is { } id && attempt.Outcome != AttemptOutcome.Released)
        {
            string what = attempt.Settlement is Settlement.DeadLetter dead ? CameBack + dead.Reason.ToCode() : attempt.Outcome.ToCode();
            _add.Bind(1, id).Bind(2, what).Bind(3, 1).Execute();
        }
    }

    /// <summary>What became of a run's events.</summary>
    public ReplayResult Read(DeadLetterRun run)
    {
        Dictionary<string, long> known = _read.Bind(1, run.Id).ReadAll(row => (What: row.Text(0), Number: row.Int64(1))).ToDictionary(row => row.What, row => row.Number, StringComparer.Ordinal);
        Dictionary<DeadLetterReason, long> cameBack = [];
        foreach (DeadLetterReason reason in Enum.GetValues<DeadLetterReason>())
        {
            if (known.TryGetValue(CameBack + reason.ToCode(), out long number))
            {
                cameBack[reason] = number;
            }
        }

        long delivered = known.GetValueOrDefault(AttemptOutcome.Delivered.ToCode());
        long skipped = known.GetValueOrDefault(AttemptOutcome.Skipped.ToCode());
        return new ReplayResult(cameBack, delivered, skipped, Math.Max(0, known.GetValueOrDefault(Replayed) - delivered - skipped - cameBack.Values.Sum()));
    }

    public void Dispose()
    {
        _add.Dispose();
        _forget.Dispose();
        _read.Dispose();
    }
}
