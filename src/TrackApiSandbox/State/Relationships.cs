namespace TrackApiSandbox.State;

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
