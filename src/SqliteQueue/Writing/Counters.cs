using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.Telemetry;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>
/// How much lies in the file, and how much went through it. Counting a million rows takes too long for a status, so the writer keeps the numbers: they are
/// stored in the transaction that changes them, and are seen by others once that is committed. What is counted beside the queue (items it never saw, failed
/// calls) is stored with the next transaction, and at the end.
/// </summary>
/// <param name="beside">What this process counts beside the queue; null where nobody counts.</param>
internal sealed class Counters(EventCounters? beside)
{
    private const int LiveDepth = 0;
    private const int ImportDepth = 1;
    private const int LastSequence = 2;
    private const int Since = 3;
    private const int AcceptedItems = 4;
    private const int Delivered = 5;
    private const int Skipped = 6;
    private const int RejectedItems = 7;
    private const int SkippedItems = 8;
    private const int FailedCalls = 9;
    private const int FirstReason = 10;

    private static readonly DeadLetterReason[] Reasons = Enum.GetValues<DeadLetterReason>();
    private static readonly WarningCode[] Codes = Enum.GetValues<WarningCode>();
    private static readonly int FirstEnd = FirstReason + Reasons.Length;
    private static readonly int FirstWarning = FirstEnd + Reasons.Length;

    private static readonly string[] Names =
    [
        "depth/live",
        "depth/import",
        "sequence",
        "counts/since",
        "counts/accepted",
        "counts/delivered",
        "counts/skipped",
        "counts/rejected_items",
        "counts/skipped_items",
        "counts/failed_calls",
        .. Reasons.Select(reason => "dead_letters/" + reason.ToCode()),
        .. Reasons.Select(reason => "counts/dead_letters/" + reason.ToCode()),
        .. Codes.Select(code => "counts/warnings/" + code.ToCode()),
    ];

    private readonly long[] _working = new long[Names.Length];
    private readonly long[] _committed = new long[Names.Length];
    private (long RejectedItems, long SkippedItems, long FailedCalls) _before;

    /// <summary>The number the next event gets. Never given twice, not even after the queue ran empty.</summary>
    public long NextSequence => _working[LastSequence] + 1;

    /// <summary>Dead letters of all reasons, as committed.</summary>
    public long DeadLettered => Reasons.Sum(DeadLetters);

    /// <summary>What was counted since the file was made, or since it was first used by a version that counts.</summary>
    public EventCounts Counts
    {
        get
        {
            long accepted = Committed(AcceptedItems);
            long rejected = _before.RejectedItems + (beside?.Rejected ?? 0);
            long skipped = _before.SkippedItems + (beside?.SkippedItems ?? 0);
            return new EventCounts(
                accepted + rejected + skipped,
                accepted,
                rejected,
                skipped + Committed(Skipped),
                Committed(Delivered),
                _before.FailedCalls + (beside?.Retried ?? 0),
                Reasons.Select(reason => (Code: reason.ToCode(), Count: Committed(FirstEnd + (int)reason))).Where(one => one.Count > 0).ToDictionary(one => one.Code, one => one.Count, StringComparer.Ordinal))
            {
                Since = DateTimeOffset.FromUnixTimeMilliseconds(Committed(Since)),
                Warnings = Codes.Select((code, index) => (Code: code.ToCode(), Count: Committed(FirstWarning + index))).Where(one => one.Count > 0).ToDictionary(one => one.Code, one => one.Count, StringComparer.Ordinal),
            };
        }
    }

    /// <summary>Events of a lane, held ones included, as committed.</summary>
    public long Depth(Lane lane) => Committed(SlotOf(lane));

    /// <summary>Dead letters of one reason, as committed.</summary>
    public long DeadLetters(DeadLetterReason reason) => Committed(FirstReason + (int)reason);

    public void Load(CounterTable table)
    {
        for (int slot = 0; slot < Names.Length; slot++)
        {
            _committed[slot] = _working[slot] = table.Read(Names[slot]);
        }

        _before = (_working[RejectedItems], _working[SkippedItems], _working[FailedCalls]);
    }

    /// <summary>
    /// Counting begins, once in a file's life. What lies in it already was accepted, and what is dead in it became so, or more would be delivered than ever
    /// came.
    /// </summary>
    public void Begin(DateTimeOffset now)
    {
        if (_working[Since] != 0)
        {
            return;
        }

        _working[Since] = now.ToUnixTimeMilliseconds();
        _working[AcceptedItems] = _working[LiveDepth] + _working[ImportDepth] + Reasons.Sum(reason => _working[FirstReason + (int)reason]);
        foreach (DeadLetterReason reason in Reasons)
        {
            _working[FirstEnd + (int)reason] = _working[FirstReason + (int)reason];
        }
    }

    public void Accepted(int items) => _working[AcceptedItems] += items;

    public void EventAdded(Lane lane)
    {
        _working[LastSequence]++;
        _working[SlotOf(lane)]++;
    }

    /// <summary>An event took a number and does not wait yet, because its time has not come.</summary>
    public void EventKept() => _working[LastSequence]++;

    public void EventRemoved(Lane lane) => _working[SlotOf(lane)]--;

    public void DeadLetterAdded(DeadLetterReason reason) => _working[FirstReason + (int)reason]++;

    public void DeadLetterRemoved(DeadLetterReason reason) => _working[FirstReason + (int)reason]--;

    /// <summary>An event was taken off the queue on purpose, before its delivery.</summary>
    public void Removed() => _working[Skipped]++;

    /// <summary>An event came to its end. A merge's repeat counts where it became a dead letter only: its event was counted before.</summary>
    public void Ended(DeliveryAttempt attempt)
    {
        int? slot = attempt switch
        {
            { Settlement: Settlement.DeadLetter dead } => FirstEnd + (int)dead.Reason,
            { IsRepeat: true } => null,
            { Outcome: AttemptOutcome.Skipped } => Skipped,
            _ => Delivered,
        };
        if (slot is { } counted)
        {
            _working[counted]++;
        }

        foreach (WarningCode code in MappingWarning.CodesOf(attempt.Warnings))
        {
            _working[FirstWarning + Array.IndexOf(Codes, code)]++;
        }
    }

    /// <summary>Stores what changed; part of the transaction.</summary>
    public void Save(CounterTable table)
    {
        if (beside is not null)
        {
            _working[RejectedItems] = _before.RejectedItems + beside.Rejected;
            _working[SkippedItems] = _before.SkippedItems + beside.SkippedItems;
            _working[FailedCalls] = _before.FailedCalls + beside.Retried;
        }

        for (int slot = 0; slot < Names.Length; slot++)
        {
            if (_working[slot] != _committed[slot])
            {
                table.Write(Names[slot], _working[slot]);
            }
        }
    }

    /// <summary>The transaction was committed.</summary>
    public void Publish()
    {
        for (int slot = 0; slot < Names.Length; slot++)
        {
            Volatile.Write(ref _committed[slot], _working[slot]);
        }
    }

    /// <summary>The transaction was rolled back.</summary>
    public void Restore() => _committed.CopyTo(_working, 0);

    private long Committed(int slot) => Volatile.Read(ref _committed[slot]);

    private static int SlotOf(Lane lane) => lane is Lane.Live ? LiveDepth : ImportDepth;
}
