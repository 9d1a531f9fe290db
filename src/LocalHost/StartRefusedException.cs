namespace CustomerIoDestination.LocalHost;

/// <summary>The host can't start as it is configured; the message says everything that is wrong and what would be right, and holds no secret.</summary>
public sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner);
