using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;

namespace CustomerIoDestination.ApiContract;

/// <summary>What the parts about dead letters share.</summary>
public abstract class DeadLetterSuite : ApiSuite
{
    private protected DeadLetterSuite(HostUnderTest host)
        : base(host)
    {
    }

    /// <summary>Sends an event that can't be delivered and waits for its dead letter.</summary>
    private protected async Task<JsonNode> DeadLetterAsync(JsonObject sent, string reason) => await FindAsync((await SendAsync(sent))[0], reason);

    /// <summary>Waits for an event's dead letter.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="reason">Why it is one.</param>
    /// <param name="otherThan">The id of one it had before.</param>
    private protected async Task<JsonNode> FindAsync(string eventId, string reason, string? otherThan = null)
    {
        JsonNode? found = await Patience.UntilAsync(
            async () => (await ListAsync($"/api/dead-letters?reason={reason}", limit: 1000))
                .SingleOrDefault(letter => letter["eventId"]!.GetValue<string>() == eventId && letter["id"]!.GetValue<string>() != otherThan),
            letter => letter is not null,
            $"event {eventId} to become a dead letter");
        return found!;
    }

    /// <summary>Whether an event is among the dead letters.</summary>
    private protected async Task<bool> IsDeadAsync(string eventId) =>
        (await ListAsync("/api/dead-letters", limit: 1000)).Exists(letter => letter["eventId"]!.GetValue<string>() == eventId);
}
