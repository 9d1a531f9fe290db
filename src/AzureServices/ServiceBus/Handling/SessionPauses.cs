using System.Collections.Concurrent;

namespace CustomerIoDestination.AzureServices.ServiceBus.Handling;

/// <summary>
/// How long a session is kept before it is given back with its message unsettled. A release does not count as a delivery, so nothing but these pauses
/// keeps trouble that lasts from becoming a loop as fast as the broker: one that keeps a throttled namespace throttled, and sends an event whose
/// settlement fails to Customer.io over and over. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="chance">From 0 up to 1: sessions that met the same trouble do not all come back at once.</param>
internal sealed class SessionPauses(TimeProvider time, Func<double> chance)
{
    /// <summary>The pause after the first trouble of a session; each further one in a row doubles it.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause: far below the time a session is held and the time a function may run.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    // By how much chance shortens a pause at most.
    private const double Spread = 0.2;

    private readonly ConcurrentDictionary<string, int> _troubles = new(StringComparer.Ordinal);

    /// <summary>The pause after so many troubles in a row, at least 1.</summary>
    public static TimeSpan LengthOf(int troubles, double chance)
    {
        double seconds = Math.Min(First.TotalSeconds * Math.Pow(2, troubles - 1), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (1 - (Spread * chance)));
    }

    /// <summary>The session met trouble: waits before it is given back, longer each time. A shutdown ends the wait.</summary>
    public async Task WaitAsync(string session, CancellationToken cancellationToken)
    {
        int troubles = _troubles.AddOrUpdate(session, 1, static (_, before) => Math.Min(before + 1, 100));
        await Task.Delay(LengthOf(troubles, chance()), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A message of the session came to its end: the next trouble is the first again.</summary>
    public void Passed(string session) => _troubles.TryRemove(session, out _);
}
