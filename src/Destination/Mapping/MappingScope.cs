using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Mapping;

/// <summary>
/// The memory one event is read, mapped and sent in. Everything made in it (the event, operations, requests) lives until it is
/// disposed. Not thread-safe; rent one an event.
/// </summary>
public sealed class MappingScope : IDisposable
{
    /// <summary>Where requests and operations are written.</summary>
    public ScratchBuffer Output { get; } = new();

    /// <summary>Takes a scope from the pool.</summary>
    public static MappingScope Rent() => new();

    /// <inheritdoc/>
    public void Dispose() => Output.Dispose();
}
