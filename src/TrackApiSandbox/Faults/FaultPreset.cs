namespace TrackApiSandbox.Faults;

/// <summary>Bad days that a sender should be tried with, each a few faults under one name.</summary>
internal static class FaultPreset
{
    private static readonly Dictionary<string, Fault[]> Known = new(StringComparer.Ordinal)
    {
        // Nothing is answered but that there is nobody.
        ["outage"] = [new Fault { Status = 503 }],

        // One call in five fails, in each of the ways there are.
        ["flaky"] =
        [
            new Fault { Share = 0.05, Status = 500 }, new Fault { Share = 0.05, Status = 502 },
            new Fault { Share = 0.05, Reset = true }, new Fault { Share = 0.05, PartialBody = true },
        ],

        // Half of the calls are too many, and it is said for how long.
        ["rate-limited"] = [new Fault { Share = 0.5, Status = 429, RetryAfter = "1" }],

        // Answers after two seconds, and one in ten after twenty: longer than most senders wait, while the change is made.
        ["slow"] = [new Fault { Share = 0.1, DelayMs = 20_000 }, new Fault { DelayMs = 2_000 }],

        // One change in five is made and not confirmed: who sends it again must not be counted twice.
        ["lost-answers"] = [new Fault { Share = 0.2, AfterApplying = true }],

        // The key was revoked.
        ["wrong-key"] = [new Fault { Status = 401 }],

        // Whatever is sent is refused for good.
        ["everything-rejected"] = [new Fault { Status = 400 }],
    };

    /// <summary>The faults of a preset, with the end and the calls that <paramref name="of"/> gives; itself where it names none.</summary>
    /// <exception cref="ArgumentException">There is no such preset, or it has facts of its own beside it.</exception>
    public static IReadOnlyList<Fault> Expand(Fault of)
    {
        if (of.Preset is not { } name)
        {
            return [of];
        }

        if (!Known.TryGetValue(name, out Fault[]? faults))
        {
            throw new ArgumentException($"preset must be one of {string.Join(", ", Known.Keys)}", nameof(of));
        }

        return of with { Preset = null, ForSeconds = null, Match = null, MatchBody = null } == new Fault()
            ? [.. faults.Select(fault => fault with { ForSeconds = of.ForSeconds, Match = of.Match, MatchBody = of.MatchBody })]
            : throw new ArgumentException("a preset takes forSeconds, match and matchBody, and nothing else", nameof(of));
    }
}
