using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.ServiceBus.Handling;

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
