namespace CustomerIoDestination.TrackApi;

/// <summary>One HTTP answer of the Track API, or the lack of one, read and made harmless.</summary>
internal abstract record TrackApiAnswer
{
    private TrackApiAnswer()
    {
    }

    /// <summary>2xx, and a body that says what was not taken, if anything.</summary>
    public sealed record Taken(int Status, IReadOnlyList<AnswerError> Errors) : TrackApiAnswer;

    /// <summary>The request is refused for what it holds.</summary>
    public sealed record Refused(int Status, IReadOnlyList<AnswerError> Errors) : TrackApiAnswer;

    /// <summary>It may be the key, the region or the URL: ask by a ping before blaming the request.</summary>
    public sealed record Suspicious(int Status) : TrackApiAnswer;

    /// <summary>Not now.</summary>
    public sealed record Unavailable(string Code, int? Status, TimeSpan? RetryAfter) : TrackApiAnswer;

    /// <summary>It was not asked: there is no key to ask with.</summary>
    public sealed record NotAsked : TrackApiAnswer;

    /// <summary>The region's answer to a ping.</summary>
    public sealed record Region(string? Url, string? Name, long? Workspace) : TrackApiAnswer;
}

/// <summary>One error an answer names.</summary>
/// <param name="Index">The item of the batch it is about; null when it names none.</param>
/// <param name="Code">A bounded code.</param>
/// <param name="Field">The field, if it is a harmless name.</param>
/// <param name="Message">A text known to hold no value.</param>
internal readonly record struct AnswerError(int? Index, string Code, string? Field, string Message);
