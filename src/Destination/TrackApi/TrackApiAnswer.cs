using System.Diagnostics;
using System.Globalization;
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

/// <summary>
/// What an HTTP answer means.
/// <list type="table">
/// <item><term>2xx, empty or a JSON object</term><description>taken, but for what its <c>errors</c> name</description></item>
/// <item><term>2xx, anything else or broken off</term><description>unavailable: some box between us and Customer.io answered</description></item>
/// <item><term>400, 413, 422</term><description>refused</description></item>
/// <item><term>408, 425, 429, 5xx (522, 524 too)</term><description>unavailable</description></item>
/// <item><term>any other 3xx, 4xx</term><description>suspicious: wrong key, region or URL, or a refusal; a ping tells</description></item>
/// </list>
/// </summary>
internal static class AnswerTable
{
    private static readonly string[] HttpCodes =
        [.. Enumerable.Range(0, 600).Select(status => string.Create(CultureInfo.InvariantCulture, $"http_{status}"))];

    private static readonly TrackApiAnswer.Taken Ok = new(200, []);

    /// <summary>The code of a status, for instance <c>http_503</c>.</summary>
    public static string HttpCode(int? status) => status is >= 0 and < 600 ? HttpCodes[status.Value] : "http_other";

    /// <summary>Whether an answer of this status says that Customer.io can't take requests now.</summary>
    public static bool IsUnavailable(int status) => status is 408 or 425 or 429 or >= 500;

    /// <summary>Reads an answer.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body as far as it was read.</param>
    /// <param name="whole">Whether that is all of it.</param>
    /// <param name="retryAfter">What the answer asks to wait.</param>
    public static TrackApiAnswer Read(int status, ReadOnlySpan<byte> body, bool whole, TimeSpan? retryAfter) => status switch
    {
        200 when whole && IsPlainSuccess(body) => Ok,
        >= 200 and < 300 when whole && ErrorBody.TryRead(body, status, out IReadOnlyList<AnswerError> errors) => new TrackApiAnswer.Taken(status, errors),
        >= 200 and < 300 => new TrackApiAnswer.Unavailable("unreadable_answer", status, retryAfter),
        400 or 413 or 422 => new TrackApiAnswer.Refused(status, ErrorBody.ReadOrUnknown(body, status)),
        _ when IsUnavailable(status) => new TrackApiAnswer.Unavailable(HttpCode(status), status, retryAfter),
        _ => new TrackApiAnswer.Suspicious(status, ErrorBody.Keep(body)),
    };

    private static bool IsPlainSuccess(ReadOnlySpan<byte> body) => body.Trim(" \r\n\t"u8) is [] or [(byte)'{', (byte)'}'];
}

/// <summary>What telling Customer.io one thing came to. A closed set; no text in it but what Customer.io wrote holds a value, identifier or key.</summary>
public abstract record DeliveryOutcome
{
    private static readonly Delivered AtOnce = new(200);

    private DeliveryOutcome(string? reason, int? httpStatus)
    {
        Reason = reason;
        HttpStatus = httpStatus;
    }

    /// <summary>Why it was not taken, as a bounded code; null when it was.</summary>
    public string? Reason { get; init; }

    /// <summary>The HTTP status it rests on; null when none was seen.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Calls made to Customer.io for it, quick retries included; 0 when it never came to a call.</summary>
    public int Calls { get; init; } = 1;

    /// <summary>Customer.io took it. It acts on it later; what fails there shows up in the workspace's activity log only.</summary>
    /// <param name="HttpStatus">The HTTP status, 2xx.</param>
    public sealed record Delivered(int? HttpStatus) : DeliveryOutcome(null, HttpStatus);

    /// <summary>Customer.io refused it for good: the same request would be refused again. The sender or the mapping must change.</summary>
    /// <param name="HttpStatus">The HTTP status.</param>
    /// <param name="Reason">A bounded code, for instance <c>attribute_value_too_long</c>.</param>
    /// <param name="Field">The field Customer.io named; null when it named none.</param>
    /// <param name="Message">A text known to hold no value.</param>
    public sealed record Rejected(int? HttpStatus, string? Reason, string? Field, string Message) : DeliveryOutcome(Reason, HttpStatus)
    {
        /// <summary>What Customer.io wrote, as <see cref="Settlement.DeadLetter.Answer"/> keeps it: it may quote the event.</summary>
        public ReadOnlyMemory<byte> Text { get; init; }
    }

    /// <summary>Nothing can be delivered until somebody changes key, region or URL, or until rejections end.</summary>
    /// <param name="Reason">A code of <see cref="MisconfiguredCodes"/>.</param>
    /// <param name="HttpStatus">The HTTP status that led to it; null when none did.</param>
    public sealed record Misconfigured(string? Reason, int? HttpStatus) : DeliveryOutcome(Reason, HttpStatus);

    /// <summary>Customer.io can't take it now; the same request may be taken later. It may have been taken without an answer.</summary>
    /// <param name="Reason">A bounded code, for instance <c>http_503</c>, <c>timeout</c>, <c>connection</c>.</param>
    /// <param name="HttpStatus">The HTTP status; null when there was no answer.</param>
    /// <param name="RetryAfter">How long Customer.io asked to wait; null when it did not.</param>
    public sealed record Unavailable(string? Reason, int? HttpStatus = null, TimeSpan? RetryAfter = null) : DeliveryOutcome(Reason, HttpStatus);

    /// <summary>What an answer means for the one thing it is about. A suspicious answer means nothing before a ping told (<see cref="PingDiagnosis"/>).</summary>
    internal static DeliveryOutcome Of(TrackApiAnswer answer) => answer switch
    {
        TrackApiAnswer.Taken { HttpStatus: 200, Errors: [], Calls: 1 } => AtOnce,
        TrackApiAnswer.Taken { Errors: [] } => new Delivered(answer.HttpStatus) { Calls = answer.Calls },
        TrackApiAnswer.Taken or TrackApiAnswer.Refused => RejectedFor(answer.Errors[0], answer),
        TrackApiAnswer.Unavailable not => new Unavailable(not.Reason, not.HttpStatus, not.RetryAfter) { Calls = not.Calls },
        TrackApiAnswer.Misconfigured wrong => new Misconfigured(wrong.Reason, wrong.HttpStatus) { Calls = wrong.Calls },
        _ => throw new UnreachableException(),
    };

    /// <summary>A rejection for one of the answer's errors.</summary>
    internal static Rejected RejectedFor(AnswerError error, TrackApiAnswer answer) =>
        new(answer.HttpStatus, error.Code, error.Field, error.Message) { Calls = answer.Calls, Text = error.Text };
}

/// <summary>Why everything is held.</summary>
public static class MisconfiguredCodes
{
    /// <summary>Customer.io does not know the site id and key (401, 403).</summary>
    public const string CredentialsRefused = "credentials_refused";

    /// <summary>There is no key to ask with: none is set, or the vault was never readable.</summary>
    public const string CredentialsMissing = "credentials_missing";

    /// <summary>The workspace lives in the other region.</summary>
    public const string WrongRegion = "wrong_region";

    /// <summary>There is no Track API at the URL.</summary>
    public const string WrongUrl = "wrong_url";

    /// <summary>Customer.io rejected event after event and took none between: a wrong deployment, most likely.</summary>
    public const string EverythingRejected = "everything_rejected";
}
