namespace ServiceBusDouble.Wire;

/// <summary>What looks at messages cost.</summary>
internal sealed class LookCounter
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>A look; one that shows nothing is work too.</summary>
    public void Add(int messages) => Interlocked.Add(ref _count, Math.Max(1, messages));
}
