namespace TrackApiSandbox;

/// <summary>Settings of the sandbox; the configuration section <c>Sandbox</c> (<c>Sandbox__Port</c>, <c>Sandbox__SiteId</c>, …).</summary>
public sealed class SandboxOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Sandbox";

    /// <summary>Port on 127.0.0.1; 0 takes any free one. The default value is 7072.</summary>
    public int Port { get; init; } = 7072;

    /// <summary>The only site id that is let in; null lets in any that is not empty. The default value is null.</summary>
    public string? SiteId { get; init; }

    /// <summary>The only API key that is let in; null lets in any that is not empty. The default value is null.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The region the workspace says it is in. The default value is <see cref="SandboxRegion.Us"/>.</summary>
    public SandboxRegion Region { get; init; }

    /// <summary>Start of the pseudo-random sequence that decides which requests a fault with a share strikes. The default value is 1.</summary>
    public int FaultSeed { get; init; } = 1;

    /// <summary>
    /// How long after somebody was made a merge into them is answered with 200 and does nothing, as Customer.io documents of a merge right after an identify
    /// (https://docs.customer.io/api/track/#operation/merge). The default value is zero: everybody is there at once.
    /// </summary>
    public TimeSpan MergeableAfter { get; init; }

    /// <summary>Whether changes are only counted, and nothing of them is kept: for runs of many millions. The default value is false.</summary>
    public bool CountsOnly { get; init; }

    /// <summary>Reads the section <see cref="SectionName"/>; what is not set keeps its default.</summary>
    /// <exception cref="InvalidOperationException">A value is not of its type; the message names the setting.</exception>
    public static SandboxOptions Read(IConfiguration configuration) =>
        configuration.GetSection(SectionName).Get<SandboxOptions>() ?? new SandboxOptions();
}

/// <summary>The data centre a workspace lives in, as <c>GET /api/v1/accounts/region</c> tells it.</summary>
public enum SandboxRegion
{
    /// <summary>United States.</summary>
    Us,

    /// <summary>European Union.</summary>
    Eu,
}

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
