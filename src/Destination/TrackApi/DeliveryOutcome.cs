using System.Diagnostics;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.TrackApi;

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
