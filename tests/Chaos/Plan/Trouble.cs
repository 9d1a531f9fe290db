namespace CustomerIoDestination.Chaos.Plan;

/// <summary>What goes wrong around the host in one of its lives.</summary>
internal enum Trouble
{
    /// <summary>Customer.io answers 500, 502 and 503 now and then.</summary>
    Errors,

    /// <summary>Connections break without an answer.</summary>
    Resets,

    /// <summary>Customer.io takes what it is sent, and its answer is lost.</summary>
    LostAnswers,

    /// <summary>Answers, good and bad, break off in their middle.</summary>
    HalfAnswers,

    /// <summary>Customer.io asks for less, again and again.</summary>
    TooManyRequests,

    /// <summary>Some answers come after the host has given them up.</summary>
    Timeouts,

    /// <summary>Customer.io is slow.</summary>
    Slowness,

    /// <summary>Customer.io answers nothing but 503.</summary>
    Outage,

    /// <summary>The key is refused, for deliveries and pings.</summary>
    KeyRefused,

    /// <summary>Customer.io answers nothing but 503 for longer than the host holds an event, which then is released.</summary>
    LongOutage,

    /// <summary>No file of the host can grow.</summary>
    DiskFull,

    /// <summary>The host's clock is set forth and back, again and again.</summary>
    ClockJumps,

    /// <summary>The host's clock is days or months from the truth when it starts; now and then it is put right soon after.</summary>
    WrongClockAtStart,
}
