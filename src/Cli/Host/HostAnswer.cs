using System.Diagnostics;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.Cli.Host;

/// <summary>What a host answered.</summary>
internal abstract record HostAnswer
{
    private HostAnswer()
    {
    }

    /// <summary>It did what was asked.</summary>
    public sealed record Good(JsonObject Body) : HostAnswer;

    /// <summary>It did not.</summary>
    public sealed record Refused(int Status, string? Code, string? Message) : HostAnswer;

    /// <summary>It is not there, or can't now.</summary>
    public sealed record Unreachable(Uri Url, TimeSpan? RetryAfter) : HostAnswer
    {
        /// <summary>Why, where it said so.</summary>
        public string? Message { get; init; }
    }

    /// <summary>What went wrong, for people; empty when nothing did.</summary>
    public string Problem => this switch
    {
        Good => "",
        Refused { Status: 401 or 403 } refused => $"{refused.Status} {refused.Code}: {refused.Message} Give the key with --key.",
        Refused refused => $"{refused.Status} {refused.Code}: {refused.Message}",
        Unreachable { Message: { } message } => message,
        Unreachable unreachable => $"Nothing that can answer now is at {unreachable.Url}; give the host's address with --url.",
        _ => throw new UnreachableException(),
    };
}
