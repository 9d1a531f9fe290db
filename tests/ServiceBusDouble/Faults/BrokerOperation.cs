namespace ServiceBusDouble.Faults;

/// <summary>What a client asks of a queue or its dead letters, beside sending.</summary>
public enum BrokerOperation
{
    /// <summary>A session, by id or the next one.</summary>
    AcceptSession,

    /// <summary>A look at messages.</summary>
    Peek,

    /// <summary>Any settlement over the receiving link.</summary>
    Settle,

    /// <summary>More time on a session's lock.</summary>
    RenewSession,

    /// <summary>A session's state.</summary>
    GetSessionState,

    /// <summary>A new state of a session.</summary>
    SetSessionState,
}
