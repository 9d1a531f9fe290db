namespace CustomerIoDestination.Time;

/// <summary>
/// The wall clock, and whether to believe it. For decisions that can't be taken back, such as what is too old to keep: somebody whose clock is wrong for a
/// while, or at a start, must lose nothing by it. So does the time of receipt, by which an event's own times are judged. Other facts carry the wall clock's own time.
/// </summary>
/// <remarks>
/// The wall clock's progress is compared with the monotonic clock's (<see cref="TimeProvider.GetTimestamp"/>), which nobody can set. A difference of up to
/// <see cref="Tolerance"/> is an ordinary correction and believed at once. A bigger one is a jump, seen at the first read after it, and is believed when
/// the wall clock has kept to it for <see cref="Doubt"/>; until then the believed time goes on as if there had been none. A machine that slept looks like a jump.
/// At a start the wall clock is compared with the last time believed before (<see cref="GoOnFrom"/>). Up to <see cref="LongestStop"/> away it is believed at
/// once. Farther away nobody can tell a long stop from a wrong clock: it is believed after <see cref="Proof"/> of running, summed over starts.
/// Without such a memory a start's time is believed, since there is nothing to compare it with; where one may be had later (<see cref="AwaitMemory"/>) it is
/// doubted until then. Thread-safe; one for a process.
/// </remarks>
/// <param name="time">Both clocks.</param>
public sealed class SteadyClock(TimeProvider time)
{
    /// <summary>The biggest difference that is no jump: a minute.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>How long a jump is doubted: an hour of the monotonic clock.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromHours(1);

    /// <summary>The biggest difference between the last time believed and a start that is believed at once: a day.</summary>
    public static readonly TimeSpan LongestStop = TimeSpan.FromDays(1);

    /// <summary>How long a process must run before a start farther away is believed, earlier starts of the same doubt included: a day.</summary>
    public static readonly TimeSpan Proof = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private Reading _believed = new(time.GetUtcNow(), time.GetTimestamp());
    private FarStart? _farStart;
    private Jump? _jump;
    private bool _awaitsMemory;

    /// <summary>The believed time. Steps back by more than <see cref="Tolerance"/> only when a jump backwards is believed.</summary>
    public DateTimeOffset UtcNow => Read().Believed;

    /// <summary>What is to be kept for the next start.</summary>
    public ClockMemory Memory
    {
        get
        {
            lock (_gate)
            {
                ClockReading now = Judge();
                return new ClockMemory(now.Believed, _farStart is { } start ? RanSince(start, time.GetTimestamp()) : TimeSpan.Zero);
            }
        }
    }

    /// <summary>What both clocks say now.</summary>
    public ClockReading Read()
    {
        lock (_gate)
        {
            return Judge();
        }
    }

    /// <summary>Doubts the clock until <see cref="GoOnFrom"/> or <see cref="BelieveStart"/>: what was believed before is kept where it can't be read yet.</summary>
    public void AwaitMemory()
    {
        lock (_gate)
        {
            _awaitsMemory = true;
        }
    }

    /// <summary>Ends <see cref="AwaitMemory"/> where nothing was kept.</summary>
    public void BelieveStart()
    {
        lock (_gate)
        {
            _awaitsMemory = false;
        }
    }

    /// <summary>
    /// Compares this start with what was believed last. To be called before anything is decided; again where another process is heard that believes its clock
    /// while this one doubts its own: what it ran in doubt until then doesn't count any more.
    /// </summary>
    /// <param name="memory">What was kept.</param>
    public void GoOnFrom(ClockMemory memory)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            _awaitsMemory = false;
            _believed = new Reading(memory.Believed, now);
            _farStart = new FarStart(memory.RanInDoubt, now);
            _jump = null;
            _ = Judge();
        }
    }

    private ClockReading Judge()
    {
        Reading wall = new(time.GetUtcNow(), time.GetTimestamp());
        DateTimeOffset steady = _believed.Utc + time.GetElapsedTime(_believed.Timestamp, wall.Timestamp);
        if (_awaitsMemory)
        {
            return new ClockReading(wall.Utc, steady, IsDoubted: true, null);
        }

        if (!IsBelieved(wall.Utc - steady, wall.Timestamp))
        {
            TimeSpan? left = _farStart is { } start ? Left(Proof - RanSince(start, wall.Timestamp)) : null;
            return new ClockReading(wall.Utc, steady, IsDoubted: true, left);
        }

        _jump = null;
        _farStart = null;
        _believed = wall;
        return new ClockReading(wall.Utc, wall.Utc, IsDoubted: false, null);
    }

    private bool IsBelieved(TimeSpan difference, long timestamp)
    {
        if (difference.Duration() <= (_farStart is null ? Tolerance : LongestStop))
        {
            return true;
        }

        // One that jumps again is doubted anew.
        if (_jump is not { } jump || (difference - jump.By).Duration() > Tolerance)
        {
            _jump = new Jump(difference, timestamp);
            return false;
        }

        return time.GetElapsedTime(jump.SeenAt, timestamp) >= Doubt && (_farStart is not { } start || RanSince(start, timestamp) >= Proof);
    }

    private static TimeSpan Left(TimeSpan proof) => proof > TimeSpan.Zero ? proof : TimeSpan.Zero;

    private TimeSpan RanSince(FarStart start, long timestamp) => start.RanBefore + time.GetElapsedTime(start.At, timestamp);

    private readonly record struct Reading(DateTimeOffset Utc, long Timestamp);

    private readonly record struct FarStart(TimeSpan RanBefore, long At);

    private readonly record struct Jump(TimeSpan By, long SeenAt);
}

/// <summary>What the clocks say at one moment.</summary>
/// <param name="Wall">The wall clock, right or wrong: what facts carry.</param>
/// <param name="Believed">What ages are judged at. The same as <paramref name="Wall"/> unless that is doubted.</param>
/// <param name="IsDoubted">Whether the wall clock is doubted, so that nothing may be purged or expired.</param>
/// <param name="ProofLeft">While a start far from the last time believed is doubted: how long the process must run until it is believed; else null.</param>
public readonly record struct ClockReading(DateTimeOffset Wall, DateTimeOffset Believed, bool IsDoubted, TimeSpan? ProofLeft)
{
    /// <summary>
    /// What an age is to be counted from: the later of both. A clock that is behind makes nothing old, and neither does a long stop that is not believed yet.
    /// </summary>
    public DateTimeOffset CountedFrom => Wall > Believed ? Wall : Believed;
}

/// <summary>What a process keeps of its clock for the next start.</summary>
/// <param name="Believed">The last time believed.</param>
/// <param name="RanInDoubt">How long it was run since a start that is doubted still; zero when none is.</param>
public readonly record struct ClockMemory(DateTimeOffset Believed, TimeSpan RanInDoubt);

/// <summary>Moments in whole milliseconds, none given twice, so that what is named by its moment has a name of its own. Thread-safe.</summary>
/// <param name="time">The clock; where it stands still or goes back, the moments go on.</param>
public sealed class MomentsApart(TimeProvider time)
{
    private long _last;

    /// <summary>Now, or just after the last moment given.</summary>
    public DateTimeOffset Next()
    {
        long last;
        long next;
        do
        {
            last = Volatile.Read(ref _last);
            next = Math.Max(last + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);

        return DateTimeOffset.FromUnixTimeMilliseconds(next);
    }
}
