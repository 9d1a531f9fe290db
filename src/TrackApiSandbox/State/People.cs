using System.Globalization;

namespace TrackApiSandbox.State;

/// <summary>Everybody in the workspace, found by each identifier. Identifiers are unique.</summary>
internal sealed class People
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
        var person = new Person((0x0300_0000 + ++_created).ToString("x8", CultureInfo.InvariantCulture));
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
