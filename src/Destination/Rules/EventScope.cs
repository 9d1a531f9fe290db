using System.Collections.Concurrent;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules;

/// <summary>
/// The memory one event is read, mapped and sent in. Everything made in it (the event, operations, requests) lives until it is
/// disposed. Not thread-safe; rent one an event.
/// </summary>
public sealed class EventScope : IDisposable
{
    private const int MaxPooled = 256;

    private static readonly ConcurrentQueue<EventScope> Pool = new();

    private EventScope()
    {
    }

    /// <summary>Where operations and requests are written.</summary>
    public ScratchBuffer Output { get; } = new();

    /// <summary>Where the event is read.</summary>
    internal JsonTable Table { get; } = new();

    /// <summary>Where the rules work on it.</summary>
    internal RuleWorkspace Rules { get; } = new();

    /// <summary>Takes a scope from the pool.</summary>
    public static EventScope Rent() => Pool.TryDequeue(out EventScope? scope) ? scope : new EventScope();

    /// <summary>Gives the scope back: what was made in it may not be used any more.</summary>
    public void Dispose()
    {
        if (Pool.Count >= MaxPooled)
        {
            Table.Dispose();
            Rules.Dispose();
            Output.Dispose();
            return;
        }

        Table.Reset();
        Rules.Reset();
        Output.Reset();
        Pool.Enqueue(this);
    }
}
