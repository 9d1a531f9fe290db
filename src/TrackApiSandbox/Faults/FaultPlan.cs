using System.Text;
using System.Text.Json.Serialization;

namespace TrackApiSandbox.Faults;

/// <summary>The faults now in force, and the dice.</summary>
internal sealed class FaultPlan(TimeProvider time, Random dice)
{
    private readonly Lock _gate = new();
    private readonly List<(Fault Fault, long Since)> _faults = [];
    private volatile bool _any;

    /// <exception cref="ArgumentException">The fault has a problem.</exception>
    public void Add(Fault fault)
    {
        IReadOnlyList<Fault> faults = FaultPreset.Expand(fault);
        if (faults.Select(one => one.Problem()).FirstOrDefault(one => one is not null) is { } problem)
        {
            throw new ArgumentException(problem, nameof(fault));
        }

        lock (_gate)
        {
            _faults.AddRange(faults.Select(one => (one, time.GetTimestamp())));
            _any = true;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
            _any = false;
        }
    }

    /// <summary>The fault that strikes this call, or null.</summary>
    public Fault? Strike(string target, ReadOnlySpan<byte> body)
    {
        if (!_any)
        {
            return null;
        }

        lock (_gate)
        {
            _faults.RemoveAll(entry => entry.Fault.ForSeconds is { } seconds && time.GetElapsedTime(entry.Since).TotalSeconds >= seconds);
            _any = _faults.Count > 0;
            foreach ((Fault fault, _) in _faults)
            {
                if (IsMet(fault, target, body) && dice.NextDouble() < fault.Share)
                {
                    return fault;
                }
            }

            return null;
        }
    }

    private static bool IsMet(Fault fault, string target, ReadOnlySpan<byte> body) =>
        (fault.Match is not { } part || target.Contains(part, StringComparison.Ordinal))
        && (fault.MatchBody is not { } text || body.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);
}

/// <summary>
/// What goes wrong with a share of the Track API calls. Faults form a list: each call asks them in order, each that is alive and matches
/// throws its own dice, and the first that strikes decides alone. The sandbox's own routes are never struck.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Fault
{
    /// <summary>Stands for the faults of this name, with <see cref="ForSeconds"/>, <see cref="Match"/> and <see cref="MatchBody"/> and nothing else.</summary>
    public string? Preset { get; init; }

    /// <summary>The share of matching calls that is struck, 0 to 1. The default value is 1.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Answers with this status, 200 to 599, and makes no change.</summary>
    public int? Status { get; init; }

    /// <summary>The body answered with <see cref="Status"/>; null for one the sandbox makes.</summary>
    public string? Body { get; init; }

    /// <summary>Value of the header <c>Retry-After</c> beside <see cref="Status"/>.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>
    /// Waits this many milliseconds, at most 600,000, before anything else. The wait does not end when the caller gives up: the change is then
    /// made without the caller's knowledge. Alone, it only makes the call slow.
    /// </summary>
    public int DelayMs { get; init; }

    /// <summary>Aborts the connection without an answer.</summary>
    public bool Reset { get; init; }

    /// <summary>Makes the change and then loses the answer: the connection is aborted, or <see cref="Status"/> is answered if there is one.</summary>
    public bool AfterApplying { get; init; }

    /// <summary>
    /// Sends the answer's status line and headers, with the length of the whole body, and half of the body, then aborts the connection: after the change
    /// was made, or with <see cref="Status"/> and without <see cref="AfterApplying"/> of that error, without a change.
    /// </summary>
    public bool PartialBody { get; init; }

    /// <summary>Seconds until the fault ends by itself; null for never.</summary>
    public double? ForSeconds { get; init; }

    /// <summary>Strikes only calls whose target contains this text, as on the wire; null strikes all.</summary>
    public string? Match { get; init; }

    /// <summary>Strikes only calls whose body contains this text, as on the wire; null strikes all.</summary>
    public string? MatchBody { get; init; }

    /// <summary>Whether the call is ended before the change is made.</summary>
    internal bool PreventsChange => !AfterApplying && (Reset || Status is not null);

    /// <summary>Whether the struck call gets no answer.</summary>
    internal bool CutsConnection => Reset || (AfterApplying && Status is null && !PartialBody);

    /// <summary>What is wrong with the fault itself, or null.</summary>
    internal string? Problem() => this switch
    {
        { Share: not (>= 0 and <= 1) } => "share must be between 0 and 1",
        { Status: < 200 or > 599 } => "status must be between 200 and 599",
        { DelayMs: < 0 or > 600_000 } => "delayMs must be between 0 and 600000",
        { ForSeconds: not (null or (> 0 and <= 1e9)) } => "forSeconds must be above 0",
        { RetryAfter: { } text } when text.Any(c => c is < ' ' or > '~') => "retryAfter must be printable ASCII",
        { Status: null, Body: not null } => "body needs a status",
        { Reset: true, PartialBody: true } => "reset sends no answer, so partialBody can't send half of it",
        { Status: null, DelayMs: 0, Reset: false, AfterApplying: false, PartialBody: false } => "a fault needs status, delayMs, reset, afterApplying or partialBody",
        _ => null,
    };
}

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
