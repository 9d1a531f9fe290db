using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.State;

/// <summary>
/// Events of visitors nobody has identified yet, and whose anonymous id is whose.
/// Rules: https://docs.customer.io/journeys/anonymous-events and https://docs.customer.io/messaging/profiles/anonymous.
/// </summary>
internal sealed class AnonymousActivity
{
    /// <summary>Anonymous events are deleted after this time.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    /// <summary>An event received up to this long after an identify with its anonymous id still goes to the person.</summary>
    public static readonly TimeSpan MergeWindow = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Visitor> _visitors = [];
    private readonly List<Kept> _withoutVisitor = [];

    /// <summary>Takes an event: gives it to the person identified shortly before, or keeps it.</summary>
    public void Record(SandboxEvent received, DateTimeOffset now)
    {
        if (received.AnonymousId is not { } anonymousId)
        {
            _withoutVisitor.Add(new Kept(received, now));
            return;
        }

        Visitor visitor = FindOrAdd(anonymousId);
        if (visitor.Owner is { } owner && now <= visitor.MergeUntil)
        {
            owner.Events.Add(received);
        }
        else
        {
            visitor.Events.Add(new Kept(received, now));
        }
    }

    /// <summary>Makes the visitor this person and moves the kept events over. False if the anonymous id is another person's.</summary>
    public bool TryIdentify(string anonymousId, Person person, DateTimeOffset now)
    {
        Visitor visitor = FindOrAdd(anonymousId);
        if (visitor.Owner is not null && visitor.Owner != person)
        {
            return false;
        }

        if (visitor.Owner is null)
        {
            visitor.Owner = person;
            person.AnonymousIds.Add(anonymousId);
        }

        visitor.MergeUntil = now + MergeWindow;
        person.Events.AddRange(visitor.Events.Where(kept => !kept.IsExpired(now)).Select(kept => kept.Event));
        visitor.Events.Clear();
        return true;
    }

    /// <summary>Gives all anonymous ids of one person to another.</summary>
    public void Move(Person from, Person to)
    {
        foreach (string anonymousId in from.AnonymousIds)
        {
            _visitors[anonymousId].Owner = to;
            to.AnonymousIds.Add(anonymousId);
        }
    }

    /// <summary>Forgets that a person, now deleted, had anonymous ids.</summary>
    public void Release(Person person)
    {
        foreach (string anonymousId in person.AnonymousIds)
        {
            _visitors[anonymousId].Owner = null;
        }
    }

    /// <summary>The events of nobody that are not yet due for deletion.</summary>
    public IReadOnlyList<SandboxEvent> Snapshot(DateTimeOffset now) =>
        [.. _visitors.Values.SelectMany(visitor => visitor.Events).Concat(_withoutVisitor).Where(kept => !kept.IsExpired(now)).Select(kept => kept.Event)];

    public void Clear()
    {
        _visitors.Clear();
        _withoutVisitor.Clear();
    }

    private Visitor FindOrAdd(string anonymousId)
    {
        if (!_visitors.TryGetValue(anonymousId, out Visitor? visitor))
        {
            _visitors.Add(anonymousId, visitor = new Visitor());
        }

        return visitor;
    }

    private sealed class Visitor
    {
        public Person? Owner { get; set; }

        public DateTimeOffset MergeUntil { get; set; }

        public List<Kept> Events { get; } = [];
    }

    private readonly record struct Kept(SandboxEvent Event, DateTimeOffset ReceivedAt)
    {
        public bool IsExpired(DateTimeOffset now) => now - ReceivedAt > Retention;
    }
}

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
