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

/// <summary>One object of one type.</summary>
internal readonly record struct ObjectIdentifier(string TypeId, string ObjectId);

/// <summary>Who belongs to which object. Both sides are created when unknown.</summary>
internal sealed class Relationships(People people, Addressees addressees, Objects objects)
{
    public void Add(IReadOnlyList<Relation> relations)
    {
        foreach (Relation relation in relations)
        {
            if (addressees.FindOrAdd(relation.Person) is { } person)
            {
                objects.FindOrAdd(relation.Object);
                person.Relate(relation.Object, relation.Attributes);
            }
        }
    }

    public void Remove(IReadOnlyList<Relation> relations)
    {
        foreach (Relation relation in relations)
        {
            people.Find(relation.Person)?.Relationships.Remove(relation.Object);
        }
    }

    public void RemoveObject(ObjectIdentifier identifier)
    {
        objects.Remove(identifier);
        people.ForgetObject(identifier);
    }
}
