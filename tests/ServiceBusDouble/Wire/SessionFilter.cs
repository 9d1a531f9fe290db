using Amqp.Framing;
using Amqp.Types;
using ServiceBusDouble.Store;

namespace ServiceBusDouble.Wire;

/// <summary>How an attach asks for a session, and how its answer names the one granted.</summary>
internal static class SessionFilter
{
    private static readonly Symbol FilterName = "com.microsoft:session-filter";
    private static readonly Symbol LockedUntil = "com.microsoft:locked-until-utc";
    private static readonly Symbol WaitName = "com.microsoft:timeout";
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(1);

    /// <summary>Whether a session is asked for, and which; null: the next free one.</summary>
    public static bool TryRead(Attach attach, out string? sessionId)
    {
        Map? filters = (attach.Source as Source)?.FilterSet;
        sessionId = filters?[FilterName] switch
        {
            string id => id,
            DescribedValue { Value: string id } => id,
            _ => null,
        };
        return filters?.ContainsKey(FilterName) ?? false;
    }

    /// <summary>
    /// How long the client waits for the next session, in milliseconds on the wire. A tenth is left out, so that the answer
    /// comes before the client's own timer; how much sooner the real broker answers is not documented.
    /// </summary>
    public static TimeSpan WaitOf(Attach attach) => attach.Properties?[WaitName] is uint milliseconds ? TimeSpan.FromMilliseconds(milliseconds * 0.9) : DefaultWait;

    public static void Write(Attach attach, SessionOutcome.Granted granted)
    {
        ((Source)attach.Source).FilterSet[FilterName] = granted.SessionId;
        attach.Properties = new Fields { [LockedUntil] = granted.Until.UtcTicks };
    }
}
