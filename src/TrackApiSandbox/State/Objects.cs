using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.State;

/// <summary>All objects of the workspace with their attributes.</summary>
internal sealed class Objects
{
    private readonly Dictionary<ObjectIdentifier, AttributeSet> _objects = [];

    public AttributeSet FindOrAdd(ObjectIdentifier identifier)
    {
        if (!_objects.TryGetValue(identifier, out AttributeSet? attributes))
        {
            _objects.Add(identifier, attributes = new AttributeSet());
        }

        return attributes;
    }

    public void Remove(ObjectIdentifier identifier) => _objects.Remove(identifier);

    public IReadOnlyList<SandboxObject> Snapshot() =>
        [.. _objects.Select(entry => new SandboxObject(entry.Key.TypeId, entry.Key.ObjectId, entry.Value.Snapshot()))];

    public void Clear() => _objects.Clear();
}
