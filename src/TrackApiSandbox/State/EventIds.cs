using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.State;

/// <summary>
/// The event ids taken in. One counts once for ever, in the whole workspace, whether or not it is a ULID: how long and how far the API
/// remembers is not documented, and ids of other shapes are known to be compared too (activepieces#6391).
/// </summary>
internal sealed class EventIds(Drops drops)
{
    private readonly HashSet<string> _taken = [];

    /// <summary>Events taken in, those without an id among them.</summary>
    public long Count { get; private set; }

    public bool IsRepeated(SandboxEvent received)
    {
        bool repeated = received.Id is not null && _taken.Contains(received.Id);
        if (repeated)
        {
            drops.Add(DropReason.DuplicateEvent);
        }

        return repeated;
    }

    public void Take(SandboxEvent received)
    {
        Count++;
        if (received.Id is not null)
        {
            _taken.Add(received.Id);
        }
    }

    public void Clear()
    {
        _taken.Clear();
        Count = 0;
    }
}
