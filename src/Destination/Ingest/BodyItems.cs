namespace CustomerIoDestination.Ingest;

/// <summary>What a request's body holds.</summary>
internal abstract record BodyItems
{
    private BodyItems()
    {
    }

    /// <summary>These items, in order; each may still be anything.</summary>
    /// <param name="Values">The items.</param>
    /// <param name="Wrapper">What the object around them says for all of them; null for nothing.</param>
    public sealed record Items(IReadOnlyList<ReadOnlyMemory<byte>> Values, BatchWrapper? Wrapper = null) : BodyItems;

    /// <summary>More items than a request may hold.</summary>
    public sealed record TooMany : BodyItems;

    /// <summary>Nothing that could be split: the whole body is one bad item.</summary>
    public sealed record Unreadable(string Code, string Message) : BodyItems;
}
