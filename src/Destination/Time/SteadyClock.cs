namespace CustomerIoDestination.Time;

/// <summary>
/// The wall clock, with jumps believed only after an hour. For decisions that can't be taken back, such as what is too old to keep: somebody who sets
/// the clock wrongly and then rightly again must lose nothing by it.
/// </summary>
/// <remarks>
/// The wall clock's progress is compared with the monotonic clock's (<see cref="TimeProvider.GetTimestamp"/>), which nobody can set. A difference of up to
/// <see cref="Tolerance"/> is an ordinary correction and believed at once. A bigger one is a jump, seen at the first read after it, and is believed when
/// the wall clock has kept to it for <see cref="Doubt"/>; until then time goes on as if there had been none. What the clock says when the process starts
/// is believed, since there is nothing to compare it with. A machine that slept looks like a jump. Thread-safe; one for a process.
/// </remarks>
/// <param name="time">Both clocks.</param>
public sealed class SteadyClock(TimeProvider time)
{
    /// <summary>The biggest difference that is no jump: a minute.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>How long a jump is doubted: an hour of the monotonic clock.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private Reading _believed = new(time.GetUtcNow(), time.GetTimestamp());
    private Jump? _doubted;

    /// <summary>The time. Steps back by more than <see cref="Tolerance"/> only when a jump backwards is believed.</summary>
    public DateTimeOffset UtcNow
    {
        get
        {
            lock (_gate)
            {
                Reading wall = new(time.GetUtcNow(), time.GetTimestamp());
                DateTimeOffset steady = _believed.Utc + time.GetElapsedTime(_believed.Timestamp, wall.Timestamp);
                if (IsDoubted(wall.Utc - steady, wall.Timestamp))
                {
                    return steady;
                }

                _doubted = null;
                _believed = wall;
                return wall.Utc;
            }
        }
    }

    private bool IsDoubted(TimeSpan difference, long timestamp)
    {
        if (difference.Duration() <= Tolerance)
        {
            return false;
        }

        // One that jumps again is doubted anew.
        if (_doubted is not { } jump || (difference - jump.By).Duration() > Tolerance)
        {
            _doubted = new Jump(difference, timestamp);
            return true;
        }

        return time.GetElapsedTime(jump.SeenAt, timestamp) < Doubt;
    }

    private readonly record struct Reading(DateTimeOffset Utc, long Timestamp);

    private readonly record struct Jump(TimeSpan By, long SeenAt);
}
