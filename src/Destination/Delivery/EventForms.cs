using CustomerIoDestination.Mapping;
using CustomerIoDestination.Queueing;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>How an event becomes what is sent: read and mapped, then written in its v1 or v2 form.</summary>
/// <param name="Map">Envelope to operations.</param>
/// <param name="Single">An operation's v1 request.</param>
/// <param name="BatchItem">An operation's v2 item; null when it has none (too big).</param>
internal sealed record EventForms(
    Func<EventEnvelope, MappingScope, MappingResult> Map,
    Func<TrackApiOperation, MappingScope, TrackApiRequest> Single,
    Func<TrackApiOperation, MappingScope, ReadOnlyMemory<byte>?> BatchItem);
