using System.Text;

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
