namespace TrackApiSandbox.Snapshots;

/// <summary>Answer of <c>GET /sandbox/requests</c>: calls, oldest first, and the value of <c>after</c> that reads on.</summary>
internal sealed record RequestPage(IReadOnlyList<ReceivedRequest> Items, long Next);
