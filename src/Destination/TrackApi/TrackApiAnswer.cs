using CustomerIoDestination.Model;

namespace CustomerIoDestination.TrackApi;

/// <summary>One answer of the Track API, or the lack of one, read and made harmless. A closed set; what it means for an event is its <see cref="DeliveryOutcome"/>.</summary>
internal abstract record TrackApiAnswer
{
    private TrackApiAnswer(int? httpStatus, IReadOnlyList<AnswerError>? errors = null)
    {
        HttpStatus = httpStatus;
        Errors = errors ?? [];
    }

    /// <summary>The HTTP status; null when there was none.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>What it says is wrong; of several errors about one item the first.</summary>
    public IReadOnlyList<AnswerError> Errors { get; init; }

    /// <summary>Calls made for it, quick retries included; 0 when it never came to a call.</summary>
    public int Calls { get; init; } = 1;

    /// <summary>2xx: all is taken but what the errors name.</summary>
    public sealed record Taken(int? HttpStatus, IReadOnlyList<AnswerError> Errors) : TrackApiAnswer(HttpStatus, Errors);

    /// <summary>The request is refused for what it holds; there is at least one error.</summary>
    public sealed record Refused(int? HttpStatus, IReadOnlyList<AnswerError> Errors) : TrackApiAnswer(HttpStatus, Errors);

    /// <summary>It may be the key, the region or the URL: a ping tells before the request is blamed.</summary>
    /// <param name="HttpStatus">The HTTP status.</param>
    /// <param name="Text">See <see cref="AnswerError.Text"/>.</param>
    public sealed record Suspicious(int? HttpStatus, ReadOnlyMemory<byte> Text = default) : TrackApiAnswer(HttpStatus);

    /// <summary>Not now.</summary>
    /// <param name="Reason">A bounded code, for instance <c>http_503</c>, <c>timeout</c>.</param>
    /// <param name="HttpStatus">The HTTP status; null when there was no answer.</param>
    /// <param name="RetryAfter">How long Customer.io asked to wait; null when it did not.</param>
    public sealed record Unavailable(string Reason, int? HttpStatus, TimeSpan? RetryAfter) : TrackApiAnswer(HttpStatus);

    /// <summary>Nothing can be delivered with this key, region or URL. Without a key nothing was asked.</summary>
    /// <param name="Reason">A code of <see cref="MisconfiguredCodes"/>.</param>
    /// <param name="HttpStatus">The HTTP status that led to it; null when none did.</param>
    public sealed record Misconfigured(string Reason, int? HttpStatus) : TrackApiAnswer(HttpStatus);

    /// <summary>The region's answer to a ping.</summary>
    public sealed record Region(string? Url, string? Name, long? Workspace) : TrackApiAnswer(200);
}

/// <summary>One error an answer names.</summary>
/// <param name="Index">The item of the batch it is about; null when it names none.</param>
/// <param name="Code">A bounded code.</param>
/// <param name="Field">The field, if it is a harmless name.</param>
/// <param name="Message">A text known to hold no value.</param>
/// <param name="Text">What Customer.io wrote, as <see cref="Settlement.DeadLetter.Answer"/> keeps it: it may quote the event.</param>
internal readonly record struct AnswerError(int? Index, string Code, string? Field, string Message, ReadOnlyMemory<byte> Text = default);
