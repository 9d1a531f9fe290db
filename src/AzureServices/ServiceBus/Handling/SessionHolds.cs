using System.Collections.Concurrent;

namespace CustomerIoDestination.AzureServices.ServiceBus.Handling;

/// <summary>
/// How long this process has held each session. The processor renews a session's lock for a fixed time counted from accepting it, never anew for a
/// message (Azure/azure-sdk-for-net#35267), so a session that never runs empty must be given up before that ends. Accepting can't be seen from
/// here: a hold is taken to begin with a message after which a longer pause came than a processor waits on an empty session. Seeing one hold where
/// there were two only gives a session up early.
/// </summary>
internal sealed class SessionHolds(TimeProvider time)
{
    /// <summary>The longest a session is held: with the hold budget of one delivery it stays inside <c>maxAutoLockRenewalDuration</c>, 1 h.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    // Well over sessionIdleTimeout (10 s, and 1 min where it is not set).
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(90);

    private readonly ConcurrentDictionary<string, Hold> _holds = new(StringComparer.Ordinal);

    /// <summary>A message of the session is in hand.</summary>
    public void Began(string session)
    {
        long now = time.GetTimestamp();
        _holds[session] = _holds.TryGetValue(session, out Hold hold) && time.GetElapsedTime(hold.LastSeen, now) <= LongestPause
            ? hold with { LastSeen = now }
            : new Hold(now, now);
    }

    /// <summary>The message was settled. Whether the session is to be given up now.</summary>
    public bool Ended(string session)
    {
        long now = time.GetTimestamp();
        if (!_holds.TryGetValue(session, out Hold hold))
        {
            return false;
        }

        _holds[session] = hold with { LastSeen = now };
        return time.GetElapsedTime(hold.Since, now) >= Longest;
    }

    /// <summary>The session was given up.</summary>
    public void Released(string session) => _holds.TryRemove(session, out _);

    private readonly record struct Hold(long Since, long LastSeen);
}
