using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.ServiceBus.Handling;

/// <summary>How many events this process holds now, by lane. The broker does not tell who holds what.</summary>
internal sealed class EventsInHand
{
    private int _live;
    private int _import;

    /// <summary>How many of a lane.</summary>
    public int Of(Lane lane) => Volatile.Read(ref lane == Lane.Live ? ref _live : ref _import);

    /// <summary>How many, now.</summary>
    public InHand Read() => new(Of(Lane.Live), Of(Lane.Import));

    /// <summary>One more, or with <c>-1</c> one less.</summary>
    public void Add(Lane lane, int change) => Interlocked.Add(ref lane == Lane.Live ? ref _live : ref _import, change);
}

/// <summary>How many events are held for delivery.</summary>
/// <param name="Live">Of the live lane.</param>
/// <param name="Import">Of the import lane.</param>
internal readonly record struct InHand(int Live, int Import)
{
    /// <summary>How many of a lane.</summary>
    public int Of(Lane lane) => lane == Lane.Live ? Live : Import;

    /// <summary>Both together.</summary>
    public static InHand operator +(InHand one, InHand other) => new(one.Live + other.Live, one.Import + other.Import);
}
