using System.Diagnostics;
using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.State;

/// <summary>
/// One workspace at Customer.io: makes the changes that valid calls ask for, one at a time, and silently leaves out those that its rules forbid.
/// </summary>
internal sealed class Workspace
{
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly People _people;
    private readonly AnonymousActivity _anonymous = new();
    private readonly Suppressions _suppressions = new();
    private readonly Drops _drops = new();
    private readonly Objects _objects = new();
    private readonly EventIds _eventIds;
    private readonly Addressees _addressees;
    private readonly Relationships _relationships;
    private readonly Identification _identification;
    private readonly bool _countsOnly;
    private readonly TimeSpan _mergeableAfter;
    private long _counted;

    /// <summary>An empty workspace.</summary>
    /// <param name="time">The time.</param>
    /// <param name="countsOnly">Whether events are counted, repeated ones too, and nothing is kept.</param>
    /// <param name="mergeableAfter">How long after somebody was made a merge into them does nothing.</param>
    public Workspace(TimeProvider time, bool countsOnly, TimeSpan mergeableAfter)
    {
        _time = time;
        _people = new People(time);
        _mergeableAfter = mergeableAfter;
        _countsOnly = countsOnly;
        _eventIds = new EventIds(_drops);
        _addressees = new Addressees(_people, _suppressions, _drops);
        _relationships = new Relationships(_people, _addressees, _objects);
        _identification = new Identification(_people, _suppressions, _anonymous, _drops);
    }

    public void Apply(Change change)
    {
        if (_countsOnly)
        {
            Interlocked.Add(ref _counted, change is Change.RecordEvent or Change.RecordAnonymousEvent ? 1 : 0);
            return;
        }

        DateTimeOffset now = _time.GetUtcNow();
        lock (_gate)
        {
            switch (change)
            {
                case Change.Identify(var person, var update):
                    Identify(person, update, now);
                    break;
                case Change.RecordEvent(var person, var received):
                    if (!_eventIds.IsRepeated(received) && _addressees.FindOrAdd(person) is { } actor)
                    {
                        _eventIds.Take(received);
                        actor.Events.Add(received);
                    }

                    break;
                case Change.RecordAnonymousEvent(var received):
                    if (!_eventIds.IsRepeated(received))
                    {
                        _eventIds.Take(received);
                        _anonymous.Record(received, now);
                    }

                    break;
                case Change.DeletePerson(var person):
                    Delete(_people.Find(person));
                    break;
                case Change.Suppress(var person):
                    Person? blocked = _people.Find(person);
                    _suppressions.Add(blocked?.Identifiers() ?? [person]);
                    Delete(blocked);
                    break;
                case Change.Unsuppress(var person):
                    _suppressions.Remove(person);
                    break;
                case Change.AddDevice(var person, var device):
                    _addressees.FindOrAdd(person)?.AddDevice(device);
                    break;
                case Change.DeleteDevice(var person, var token):
                    _people.Find(person)?.Devices.RemoveAll(device => device.Id == token);
                    break;
                case Change.MergePeople(var primary, var secondary):
                    Merge(_people.Find(primary), _people.Find(secondary), now);
                    break;
                case Change.IdentifyObject(var identifier, var attributes, var relations):
                    _objects.FindOrAdd(identifier).ApplyToObject(attributes);
                    _relationships.Add(relations);
                    break;
                case Change.DeleteObject(var identifier):
                    _relationships.RemoveObject(identifier);
                    break;
                case Change.Relate(var relations):
                    _relationships.Add(relations);
                    break;
                case Change.Unrelate(var relations):
                    _relationships.Remove(relations);
                    break;
                case Change.Nothing:
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    public SandboxState Snapshot()
    {
        DateTimeOffset now = _time.GetUtcNow();
        lock (_gate)
        {
            return new SandboxState(
                [.. _people.All.Select(person => person.Snapshot())],
                _anonymous.Snapshot(now),
                _objects.Snapshot(),
                [.. _suppressions.All]);
        }
    }

    /// <summary>By the shape of the identifier as in a v1 path, else by id.</summary>
    public SandboxPerson? FindPerson(string identifier)
    {
        lock (_gate)
        {
            return (_people.Find(PersonIdentifier.FromShape(identifier)) ?? _people.Find(new(IdentifierKind.Id, identifier)))?.Snapshot();
        }
    }

    public WorkspaceTotals Totals()
    {
        lock (_gate)
        {
            return new WorkspaceTotals(_people.Count, _countsOnly ? Interlocked.Read(ref _counted) : _eventIds.Count, _drops.Snapshot());
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _people.Clear();
            _anonymous.Clear();
            _suppressions.Clear();
            _drops.Clear();
            _objects.Clear();
            _eventIds.Clear();
            Interlocked.Exchange(ref _counted, 0);
        }
    }

    private void Identify(PersonIdentifier path, PersonUpdate update, DateTimeOffset now)
    {
        if (_addressees.IsSuppressed(path) || _identification.Apply(path, update, now) is null)
        {
            return;
        }

        if (update.RemovesRelations)
        {
            _relationships.Remove(update.Relations);
        }
        else
        {
            _relationships.Add(update.Relations);
        }
    }

    private void Delete(Person? person)
    {
        if (person is not null)
        {
            _anonymous.Release(person);
            _people.Remove(person);
        }
    }

    private void Merge(Person? primary, Person? secondary, DateTimeOffset now)
    {
        if (primary is null || secondary is null || primary == secondary || now - primary.CreatedAt < _mergeableAfter)
        {
            _drops.Add(DropReason.NothingToMerge);
            return;
        }

        _people.Merge(primary, secondary);
        _anonymous.Move(secondary, primary);
    }
}

/// <summary>Counts of a workspace: people now, events taken in, changes dropped by reason.</summary>
internal sealed record WorkspaceTotals(long People, long Events, IReadOnlyDictionary<string, long> Dropped);

/// <summary>Identifiers whose calls are ignored. Those of one person were blocked together and are released together.</summary>
internal sealed class Suppressions
{
    private readonly Dictionary<PersonIdentifier, PersonIdentifier[]> _blocked = [];

    public IEnumerable<string> All => _blocked.Keys.Select(identifier => identifier.ToString()).Order(StringComparer.Ordinal);

    public bool Contains(PersonIdentifier identifier) => _blocked.ContainsKey(identifier);

    public void Add(IEnumerable<PersonIdentifier> identifiers)
    {
        PersonIdentifier[] together = [.. identifiers];
        foreach (PersonIdentifier identifier in together)
        {
            _blocked[identifier] = together;
        }
    }

    public void Remove(PersonIdentifier identifier)
    {
        foreach (PersonIdentifier together in _blocked.GetValueOrDefault(identifier, []))
        {
            _blocked.Remove(together);
        }
    }

    public void Clear() => _blocked.Clear();
}
