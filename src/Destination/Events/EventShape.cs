namespace CustomerIoDestination.Events;

/// <summary>The two forms in which Freshpaint's events come.</summary>
public enum EventShape
{
    /// <summary>Freshpaint's Webhooks destination and Functions: <c>type</c>, <c>userId</c>, <c>anonymousId</c>, <c>properties</c>, <c>traits</c>, …</summary>
    Webhook,

    /// <summary>Freshpaint's HTTP API: <c>event</c> and <c>properties</c> with <c>distinct_id</c>, <c>time</c> and <c>$</c>-names.</summary>
    HttpApi,
}
