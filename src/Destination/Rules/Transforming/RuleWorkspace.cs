using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>The memory that rules work in, kept from one event to the next.</summary>
internal sealed class RuleWorkspace : IDisposable
{
    /// <summary>The rules at work on the event.</summary>
    public RuleRun Run { get; } = new();

    /// <summary>The rules at work on what an event other than an identify tells about its person.</summary>
    public RuleRun PersonRun { get; } = new();

    /// <summary>Where what the rules left is read again. Rules may nest an event's values deeper than its sender did.</summary>
    public JsonTable Table { get; } = new(JsonTable.MaxDepth + PropertyPath.MaxSegments + 2);

    /// <summary>Forgets the event; keeps the memory.</summary>
    public void Reset()
    {
        Run.Clear();
        PersonRun.Clear();
        Table.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reset();
        Table.Dispose();
    }
}
