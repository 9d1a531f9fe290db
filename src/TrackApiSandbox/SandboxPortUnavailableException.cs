namespace TrackApiSandbox;

/// <summary>The sandbox could not listen on its port. The message is meant for the person who started it.</summary>
public sealed class SandboxPortUnavailableException : Exception
{
    internal SandboxPortUnavailableException(int port, string why, Exception cause)
        : base(
            $"The Track API sandbox cannot listen on 127.0.0.1:{port}: {why} " +
            "Free the port or set Sandbox__Port to another one (0 takes any free port).",
            cause) =>
        Port = port;

    /// <summary>The port that was asked for.</summary>
    public int Port { get; }
}
