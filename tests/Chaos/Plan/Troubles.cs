using TrackApiSandbox.Faults;

namespace CustomerIoDestination.Chaos.Plan;

/// <summary>The sandbox's faults that make a trouble. Each ends by itself, so that a life without kill gets well.</summary>
internal static class Troubles
{
    /// <summary>People of whom Customer.io takes nothing, for the whole run.</summary>
    public static Fault Refusal(string prefix) => new() { Status = 400, Match = $"/customers/{prefix}" };

    public static IReadOnlyList<Fault> FaultsOf(Trouble trouble) => trouble switch
    {
        Trouble.Errors =>
        [
            new Fault { Share = 0.06, Status = 500, ForSeconds = 6 },
            new Fault { Share = 0.06, Status = 502, ForSeconds = 6 },
            new Fault { Share = 0.06, Status = 503, ForSeconds = 6, RetryAfter = "1" },
        ],
        Trouble.Resets => [new Fault { Share = 0.1, Reset = true, ForSeconds = 6 }],
        Trouble.LostAnswers =>
        [
            new Fault { Share = 0.15, AfterApplying = true, ForSeconds = 6 },
            new Fault { Share = 0.1, AfterApplying = true, Status = 504, ForSeconds = 6 },
        ],
        Trouble.HalfAnswers =>
        [
            new Fault { Share = 0.1, PartialBody = true, ForSeconds = 6 },
            new Fault { Share = 0.05, PartialBody = true, Status = 500, ForSeconds = 6 },
        ],
        Trouble.TooManyRequests => [new Fault { Share = 0.5, Status = 429, RetryAfter = "1", ForSeconds = 2 }],
        Trouble.Timeouts => [new Fault { Share = 0.003, DelayMs = 10_500, ForSeconds = 2 }],
        Trouble.Slowness => [new Fault { Share = 0.2, DelayMs = 150, ForSeconds = 5 }],
        Trouble.Outage => [new Fault { Status = 503, ForSeconds = 3 }],
        Trouble.LongOutage => [new Fault { Status = 503, ForSeconds = 12 }],
        Trouble.KeyRefused => [new Fault { Status = 401, ForSeconds = 4 }],
        Trouble.DiskFull or Trouble.ClockJumps or Trouble.WrongClockAtStart => [],
        _ => throw new ArgumentOutOfRangeException(nameof(trouble)),
    };
}
