using System.Diagnostics;

namespace CustomerIoDestination.Model;

/// <summary>What one pass of the delivery handler over an event came to.</summary>
public enum AttemptOutcome
{
    /// <summary>Customer.io took it.</summary>
    Delivered,

    /// <summary>Not meant to be sent; counted.</summary>
    Skipped,

    /// <summary>It went to the dead letters.</summary>
    DeadLettered,

    /// <summary>It was given back to the queue and comes again.</summary>
    Released,
}

/// <summary>The codes of <see cref="AttemptOutcome"/> on the wire.</summary>
public static class AttemptOutcomeCodes
{
    /// <summary>The code, for instance <c>deadLettered</c>.</summary>
    public static string ToCode(this AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Delivered => "delivered",
        AttemptOutcome.Skipped => "skipped",
        AttemptOutcome.DeadLettered => "deadLettered",
        AttemptOutcome.Released => "released",
        _ => throw new UnreachableException(),
    };

    /// <summary>Reads a code.</summary>
    public static bool TryParse(string? code, out AttemptOutcome outcome)
    {
        foreach (AttemptOutcome candidate in Enum.GetValues<AttemptOutcome>())
        {
            if (candidate.ToCode() == code)
            {
                outcome = candidate;
                return true;
            }
        }

        outcome = default;
        return false;
    }
}
