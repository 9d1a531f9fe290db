namespace TrackApiSandbox.State;

/// <summary>Finds whom a call is for: nobody when suppressed, a new person when unknown.</summary>
internal sealed class Addressees(People people, Suppressions suppressions, Drops drops)
{
    /// <summary>Calls by an unknown id or e-mail create the person; by an unknown cio_id they are dropped.</summary>
    public Person? FindOrAdd(PersonIdentifier identifier)
    {
        if (IsSuppressed(identifier))
        {
            return null;
        }

        Person? known = people.Find(identifier);
        if (known is null && identifier.Kind is IdentifierKind.CioId)
        {
            drops.Add(DropReason.UnknownCioId);
            return null;
        }

        return known ?? people.Add(identifier);
    }

    /// <summary>Whether calls for this identifier are ignored; if so, one was.</summary>
    public bool IsSuppressed(PersonIdentifier identifier)
    {
        bool suppressed = suppressions.Contains(identifier);
        if (suppressed)
        {
            drops.Add(DropReason.Suppressed);
        }

        return suppressed;
    }
}
