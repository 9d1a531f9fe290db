using System.Globalization;

namespace TrackApiSandbox.State;

/// <summary>Everybody in the workspace, found by each identifier. Identifiers are unique.</summary>
internal sealed class People(TimeProvider time)
{
    private readonly Dictionary<string, Person> _byId = [];
    private readonly Dictionary<string, Person> _byEmail = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Person> _byCioId = [];
    private int _created;

    public int Count => _byCioId.Count;

    /// <summary>In the order of creation.</summary>
    public IEnumerable<Person> All => _byCioId.Values.OrderBy(person => person.CioId, StringComparer.Ordinal);

    public Person? Find(PersonIdentifier identifier) => Index(identifier.Kind).GetValueOrDefault(identifier.Value);

    /// <summary>Creates somebody with one identifier that nobody has; nobody can be created by cio_id.</summary>
    public Person Add(PersonIdentifier identifier)
    {
        var person = new Person((0x0300_0000 + ++_created).ToString("x8", CultureInfo.InvariantCulture), time.GetUtcNow());
        _byCioId.Add(person.CioId, person);
        Assign(person, identifier);
        return person;
    }

    /// <summary>Gives a person an id or e-mail that nobody else has, in place of the former one.</summary>
    public void Assign(Person person, PersonIdentifier identifier)
    {
        switch (identifier.Kind)
        {
            case IdentifierKind.Id:
                Replace(_byId, person.Id, identifier.Value, person);
                person.Id = identifier.Value;
                break;
            case IdentifierKind.Email:
                Replace(_byEmail, person.Email, identifier.Value, person);
                person.Email = identifier.Value;
                break;
            default:
                throw new ArgumentException("A cio_id is never assigned.", nameof(identifier));
        }
    }

    public void Remove(Person person)
    {
        foreach (PersonIdentifier identifier in person.Identifiers())
        {
            Index(identifier.Kind).Remove(identifier.Value);
        }
    }

    /// <summary>The primary keeps what it has and takes over what it lacks, identifiers too; the secondary is gone.</summary>
    public void Merge(Person primary, Person secondary)
    {
        Remove(secondary);
        if (primary.Id is null && secondary.Id is { } id)
        {
            Assign(primary, new(IdentifierKind.Id, id));
        }

        if (primary.Email is null && secondary.Email is { } email)
        {
            Assign(primary, new(IdentifierKind.Email, email));
        }

        primary.TakeOver(secondary);
    }

    /// <summary>Ends everybody's relationship to a deleted object.</summary>
    public void ForgetObject(ObjectIdentifier identifier)
    {
        foreach (Person person in _byCioId.Values)
        {
            person.Relationships.Remove(identifier);
        }
    }

    public void Clear()
    {
        _byId.Clear();
        _byEmail.Clear();
        _byCioId.Clear();
    }

    private static void Replace(Dictionary<string, Person> index, string? former, string identifier, Person person)
    {
        if (former is not null)
        {
            index.Remove(former);
        }

        index.Add(identifier, person);
    }

    private Dictionary<string, Person> Index(IdentifierKind kind) => kind switch
    {
        IdentifierKind.Id => _byId,
        IdentifierKind.Email => _byEmail,
        _ => _byCioId,
    };
}

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

/// <summary>
/// Who an identify call is about, and which of its identifiers the person gets. A conflict drops the identifier, never the call: it is
/// answered with 200, and the other attributes are set.
/// Rules: https://docs.customer.io/journeys/identifying-people and the identify operation of https://docs.customer.io/api/track/.
/// An id may change the e-mail ("Allow updates to email using ID" is taken to be on); everything else that is set changes by cio_id only.
/// </summary>
internal sealed class Identification(People people, Suppressions suppressions, AnonymousActivity anonymous, Drops drops)
{
    /// <summary>Applies the call; returns the person it was about, or null when nothing was changed.</summary>
    public Person? Apply(PersonIdentifier path, PersonUpdate update, DateTimeOffset now)
    {
        Person? person = people.Find(path);
        Person? claimed = person is null ? OwnerOfBodyIdentifier(path, update) : null;
        if (person is null && claimed is null && WhyNotCreated(path, update) is { } reason)
        {
            drops.Add(reason);
            return null;
        }

        if ((person ?? claimed)?.LastChange > update.Timestamp)
        {
            drops.Add(DropReason.OlderThanLastChange);
            return null;
        }

        if (claimed is not null)
        {
            people.Assign(claimed, path);
        }

        person ??= claimed ?? people.Add(path);
        AssignId(person, path, update.Id);
        AssignEmail(person, path, update.Email);
        if (update.AnonymousId is { } anonymousId && !anonymous.TryIdentify(anonymousId, person, now))
        {
            drops.Add(DropReason.AnonymousIdOfAnotherPerson);
        }

        person.Attributes.ApplyToPerson(update.Attributes);
        person.LastChange = update.Timestamp;
        return person;
    }

    private static DropReason? WhyNotCreated(PersonIdentifier path, PersonUpdate update) =>
        path.Kind is IdentifierKind.CioId ? DropReason.UnknownCioId
        : update.UpdateOnly ? DropReason.NobodyToUpdate
        : null;

    /// <summary>
    /// Somebody whom the body names while the path is unknown gets the identifier of the path. Someone named by e-mail who has another id
    /// does not: that is a different person.
    /// </summary>
    private Person? OwnerOfBodyIdentifier(PersonIdentifier path, PersonUpdate update) => path.Kind switch
    {
        IdentifierKind.Id when update.Email is { } email => people.Find(new(IdentifierKind.Email, email)) is { Id: null } owner ? owner : null,
        IdentifierKind.Email when update.Id is { } id => people.Find(new(IdentifierKind.Id, id)),
        _ => null,
    };

    private void AssignId(Person person, PersonIdentifier path, string? id)
    {
        if (id is not null && id != person.Id)
        {
            AssignOrDrop(person, new(IdentifierKind.Id, id), maySet: person.Id is null || path.Kind is IdentifierKind.CioId);
        }
    }

    private void AssignEmail(Person person, PersonIdentifier path, string? email)
    {
        if (email is null || email.Equals(person.Email, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (PersonIdentifier.IsEmail(email))
        {
            AssignOrDrop(person, new(IdentifierKind.Email, email), maySet: person.Email is null || path.Kind is not IdentifierKind.Email);
        }
        else
        {
            drops.Add(DropReason.InvalidEmail);
        }
    }

    private void AssignOrDrop(Person person, PersonIdentifier identifier, bool maySet)
    {
        if (suppressions.Contains(identifier))
        {
            drops.Add(DropReason.Suppressed);
        }
        else if (people.Find(identifier) is not null)
        {
            drops.Add(DropReason.IdentifierOfAnotherPerson);
        }
        else if (!maySet)
        {
            drops.Add(DropReason.IdentifierAlreadySet);
        }
        else
        {
            people.Assign(person, identifier);
        }
    }
}
