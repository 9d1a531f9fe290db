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
    private readonly People _people = new();
    private readonly AnonymousActivity _anonymous = new();
    private readonly Suppressions _suppressions = new();
    private readonly Drops _drops = new();
    private readonly Objects _objects = new();
    private readonly HashSet<string> _eventIds = [];
    private readonly Identification _identification;
    private long _events;

    public Workspace(TimeProvider time)
    {
        _time = time;
        _identification = new Identification(_people, _suppressions, _anonymous, _drops);
    }

    public void Apply(Change change)
    {
        DateTimeOffset now = _time.GetUtcNow();
        lock (_gate)
        {
            switch (change)
            {
                case Change.Identify(var person, var update):
                    Identify(person, update, now);
                    break;
                case Change.RecordEvent(var person, var received):
                    if (!IsRepeated(received) && FindOrAdd(person) is { } actor)
                    {
                        Count(received);
                        actor.Events.Add(received);
                    }

                    break;
                case Change.RecordAnonymousEvent(var received):
                    if (!IsRepeated(received))
                    {
                        Count(received);
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
                    FindOrAdd(person)?.AddDevice(device);
                    break;
                case Change.DeleteDevice(var person, var token):
                    _people.Find(person)?.Devices.RemoveAll(device => device.Id == token);
                    break;
                case Change.MergePeople(var primary, var secondary):
                    Merge(_people.Find(primary), _people.Find(secondary));
                    break;
                case Change.IdentifyObject(var identifier, var attributes, var relations):
                    _objects.FindOrAdd(identifier).ApplyToObject(attributes);
                    Relate(relations);
                    break;
                case Change.DeleteObject(var identifier):
                    _objects.Remove(identifier);
                    _people.ForgetObject(identifier);
                    break;
                case Change.Relate(var relations):
                    Relate(relations);
                    break;
                case Change.Unrelate(var relations):
                    Unrelate(relations);
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
            return new WorkspaceTotals(_people.Count, _events, _drops.Snapshot());
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
            _events = 0;
        }
    }

    private void Identify(PersonIdentifier path, PersonUpdate update, DateTimeOffset now)
    {
        if (IsSuppressed(path) || _identification.Apply(path, update, now) is null)
        {
            return;
        }

        if (update.RemovesRelations)
        {
            Unrelate(update.Relations);
        }
        else
        {
            Relate(update.Relations);
        }
    }

    /// <summary>Calls by an unknown id or e-mail create the person; by an unknown cio_id they are dropped.</summary>
    private Person? FindOrAdd(PersonIdentifier identifier)
    {
        if (IsSuppressed(identifier))
        {
            return null;
        }

        Person? known = _people.Find(identifier);
        if (known is null && identifier.Kind is IdentifierKind.CioId)
        {
            _drops.Add(DropReason.UnknownCioId);
            return null;
        }

        return known ?? _people.Add(identifier);
    }

    private bool IsSuppressed(PersonIdentifier identifier)
    {
        bool suppressed = _suppressions.Contains(identifier);
        if (suppressed)
        {
            _drops.Add(DropReason.Suppressed);
        }

        return suppressed;
    }

    /// <summary>An event id counts once for ever, in the whole workspace, whether or not it is a ULID.</summary>
    private bool IsRepeated(SandboxEvent received)
    {
        bool repeated = received.Id is not null && _eventIds.Contains(received.Id);
        if (repeated)
        {
            _drops.Add(DropReason.DuplicateEvent);
        }

        return repeated;
    }

    private void Count(SandboxEvent received)
    {
        _events++;
        if (received.Id is not null)
        {
            _eventIds.Add(received.Id);
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

    private void Merge(Person? primary, Person? secondary)
    {
        if (primary is null || secondary is null || primary == secondary)
        {
            _drops.Add(DropReason.NothingToMerge);
            return;
        }

        _people.Merge(primary, secondary);
        _anonymous.Move(secondary, primary);
    }

    private void Relate(IReadOnlyList<Relation> relations)
    {
        foreach (Relation relation in relations)
        {
            if (FindOrAdd(relation.Person) is { } person)
            {
                _objects.FindOrAdd(relation.Object);
                person.Relate(relation.Object, relation.Attributes);
            }
        }
    }

    private void Unrelate(IReadOnlyList<Relation> relations)
    {
        foreach (Relation relation in relations)
        {
            _people.Find(relation.Person)?.Relationships.Remove(relation.Object);
        }
    }
}
