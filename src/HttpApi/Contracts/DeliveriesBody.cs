using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>A page of deliveries.</summary>
internal sealed record DeliveriesBody(IReadOnlyList<DeliveryBody> Items, string? Next)
{
    public static DeliveriesBody Of(DeliveryLogPage page) => new([.. page.Items.Select(DeliveryBody.Of)], page.Next);
}

/// <summary>What became of one event in one pass.</summary>
internal sealed record DeliveryBody(
    DateTimeOffset At,
    string EventId,
    string Kind,
    string Lane,
    string? Outcome,
    string? Reason,
    int Attempts,
    int? HttpStatus,
    double DurationMs)
{
    public static DeliveryBody Of(DeliveryLogEntry entry) => new(
        entry.At,
        entry.EventId,
        entry.Kind.ToCode(),
        entry.Lane.ToCode(),
        entry.Outcome?.ToCode(),
        entry.Reason,
        entry.Attempts,
        entry.HttpStatus,
        Math.Round(entry.Duration.TotalMilliseconds, 1));
}
