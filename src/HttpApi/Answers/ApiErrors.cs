using System.Globalization;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.TrackApi;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Answers;

/// <summary>Every error this API answers with.</summary>
internal static class ApiErrors
{
    public static ApiError IngestKeyMissing { get; } = Unauthorized("key_missing", $"Send an ingest key in {RequestHeaders.IngestKey}, or a signature in {RequestHeaders.Signature}. A page sends its write key in {RequestHeaders.WriteKey}.");

    public static ApiError IngestKeyWrong { get; } = Unauthorized("key_wrong", $"The key in {RequestHeaders.IngestKey} is not one of the ingest keys.");

    public static ApiError WriteKeyWrong { get; } = Unauthorized("key_wrong", $"The key in {RequestHeaders.WriteKey} (or writeKey) is not one of the write keys.");

    public static ApiError OriginNotAllowed { get; } = Forbidden("origin", "A write key counts only together with an Origin of Ingest__AllowedOrigins.");

    public static ApiError SignatureWrong { get; } = Unauthorized(
        "signature_wrong", $"{RequestHeaders.Signature} must be t=<unix seconds>,v1=<hex HMAC-SHA-256 of \"<t>.<body as sent>\"> with the signing secret; of a compressed body the signature is over the compressed bytes.");

    public static ApiError SignatureExpired { get; } = Unauthorized("signature_expired", "The signature's time is more than 5 minutes from this server's.");

    public static ApiError LifecycleKeyWrong { get; } = Unauthorized("lifecycle_key_wrong", $"The key in {RequestHeaders.LifecycleKey} is not the lifecycle key.");

    public static ApiError AdminKeyMissing { get; } = Unauthorized("key_missing", $"Send an admin key in {RequestHeaders.AdminKey}.");

    public static ApiError AdminKeyWrong { get; } = Unauthorized("key_wrong", $"The key in {RequestHeaders.AdminKey} is not one of the admin keys.");

    public static ApiError KeysMissing { get; } = Forbidden("keys_missing", "No keys are configured for this route; it stays closed until they are.");

    public static ApiError NotLoopback { get; } = Forbidden("not_loopback", "Without configured keys only callers on the same machine are answered.");

    public static ApiError ForeignHost { get; } = Forbidden("foreign_host", "Without configured keys the Host must be localhost or a loopback address.");

    public static ApiError ForeignOrigin { get; } = Forbidden("foreign_origin", "Without configured keys requests from other sites' pages are refused.");

    public static ApiError RequestedWithMissing { get; } = Forbidden(
        "requested_with_missing", $"Requests that change something need the header {RequestHeaders.RequestedWith}: {RequestHeaders.RequestedWithValue}.");

    public static ApiError UnsupportedEncoding { get; } = new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_encoding", "Content-Encoding must be gzip or identity.")
    {
        Header = ("Accept-Encoding", "gzip, identity"),
    };

    public static ApiError BrokenGzip { get; } = Bad("broken_gzip", "The body is not whole and valid gzip.");

    public static ApiError UnknownLane { get; } = Bad("invalid_lane", $"{RequestHeaders.Lane} must be live or import.");

    public static ApiError UnknownAsOfNow { get; } = Bad("invalid_as_of_now", $"{RequestHeaders.AsOfNow} must be true or false.");

    public static ApiError InvalidSelection(string problem) => Bad(
        "invalid_selection", $"Send exactly one of {{\"ids\": [\"…\"]}}, {{\"reason\": \"…\"}} and {{\"all\": true}}; a replay may add \"asOfNow\": true: {problem}.");

    public static ApiError InvalidPerson(string problem) => Bad(
        "invalid_person", $"Send {{\"id\": \"…\", \"email\": \"…\", \"mode\": \"suppress\"}}, one identifier or both, mode suppress (the default) or delete: {problem}.");

    /// <summary>Customer.io could not be told to forget a person; all else was done.</summary>
    public static ApiError ForgettingNotTold(ForgettingReceipt receipt, DeliveryOutcome failure)
    {
        TimeSpan wait = failure is DeliveryOutcome.Unavailable { RetryAfter: { } asked } ? asked : TimeSpan.FromSeconds(10);
        return new ApiError(StatusCodes.Status503ServiceUnavailable, "customerio_not_told", $"{DoneSoFar(receipt)} Customer.io did not take it now ({failure.Reason}): repeat the call.")
        {
            Header = ("Retry-After", Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture)),
        };
    }

    /// <summary>Customer.io refuses to forget a person; all else was done.</summary>
    public static ApiError ForgettingRefused(ForgettingReceipt receipt, DeliveryOutcome.Rejected refused) => new(
        StatusCodes.Status502BadGateway, "customerio_refused", $"{DoneSoFar(receipt)} Customer.io refused it ({refused.Reason}): {refused.Message}");

    private static string DoneSoFar(ForgettingReceipt receipt) => string.Create(
        CultureInfo.InvariantCulture,
        $"Events of the person are skipped until {receipt.RefusedUntil:yyyy-MM-dd'T'HH:mm:ss'Z'}, {receipt.Queued} were taken off the queue and {receipt.DeadLetters} out of the dead letters.");

    public static ApiError UnknownRoute { get; } = new(StatusCodes.Status404NotFound, "unknown_route", "There is nothing at this path.");

    public static ApiError UnknownEvent { get; } = new(StatusCodes.Status404NotFound, "unknown_event", "No event of this id is known; what is known is kept for a bounded time.");

    public static ApiError UnknownDeadLetter { get; } = new(StatusCodes.Status404NotFound, "unknown_dead_letter", "There is no dead letter of this id; it may have been replayed or discarded.");

    public static ApiError QueueUnavailable { get; } = new(StatusCodes.Status503ServiceUnavailable, "queue_unavailable", "The queue does not take events now.");

    public static ApiError StorageUnavailable { get; } = new(
        StatusCodes.Status503ServiceUnavailable,
        "storage_unavailable",
        "The storage of the delivery log and of what processes tell each other can't be reached now. Events are taken and delivered without it.");

    /// <summary>The embedded queue has lost its file.</summary>
    public static ApiError QueueFileLost { get; } = new(
        StatusCodes.Status503ServiceUnavailable,
        "queue_file_lost",
        "The queue's file was deleted, moved, replaced or cut while this host works on it. What is asked for now would not last, so nothing is taken or changed; what the file held is delivered as "
        + "long as this host runs, and its log says what to do. Repeat the call after that.");

    /// <summary>Something this product stands on can't be reached, or takes no change, now.</summary>
    public static ApiError Of(UnavailableException failure) => failure switch
    {
        { Code: "queue_file_lost" } => QueueFileLost,
        { Code: "queue_full" or "queue_unwritable" } => new ApiError(
            StatusCodes.Status503ServiceUnavailable, failure.Code, "The queue can't be read or written now. What this call did before stays done and the rest was not done: repeat it when the queue takes events again."),
        { Backend: Backend.Queue } => QueueUnreachable,
        _ => StorageUnavailable,
    };

    public static ApiError QueueUnreachable { get; } = new(StatusCodes.Status503ServiceUnavailable, "queue_unreachable", "The queue can't be reached from here.");

    public static ApiError Internal { get; } = new(StatusCodes.Status500InternalServerError, "internal_error", "Something broke while this request was answered; the log says what.");

    /// <summary>Nobody reads it: the caller closed the connection.</summary>
    public static ApiError CallerGone { get; } = new(StatusCodes.Status499ClientClosedRequest, "caller_gone", "The caller closed the connection.");

    public static ApiError BodyTooLarge(long maxBytes) => new(
        StatusCodes.Status413PayloadTooLarge,
        "body_too_large",
        string.Create(CultureInfo.InvariantCulture, $"The body has more than {maxBytes} bytes, as sent, after gunzip, or with what a batch says for all its events; send several requests."));

    public static ApiError TooManyItems(int maxItems) => new(
        StatusCodes.Status413PayloadTooLarge,
        "too_many_items",
        string.Create(CultureInfo.InvariantCulture, $"The body has more than {maxItems} items; send several requests."));

    public static ApiError TooMany(TimeSpan retryAfter)
    {
        string seconds = Seconds(retryAfter);
        return new ApiError(StatusCodes.Status429TooManyRequests, "too_many", $"Too many requests with a write key came from this device or address; none of this one was taken, send all of it again in {seconds} s.")
        {
            Header = ("Retry-After", seconds),
        };
    }

    public static ApiError Unavailable(string code, TimeSpan retryAfter)
    {
        string seconds = Seconds(retryAfter);
        return new ApiError(
            StatusCodes.Status503ServiceUnavailable, code, $"The queue can't take events now and none of this request was promised; send all of it again in {seconds} s.")
        {
            Header = ("Retry-After", seconds),
        };
    }

    /// <summary>The bodies of all requests together take all the memory they may.</summary>
    public static ApiError Busy { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "busy", "Too many requests are being read at once and none of this one was promised; send all of it again in 2 s.")
    {
        Header = ("Retry-After", "2"),
    };

    public static ApiError BodyTooSlow { get; } = new(
        StatusCodes.Status408RequestTimeout, "body_too_slow", "The body did not arrive within 60 seconds; none of it was taken. Send it again, in smaller requests if need be.");

    public static ApiError MethodNotAllowed(string allowed) => new(StatusCodes.Status405MethodNotAllowed, "method_not_allowed", $"This path answers to {allowed} only.")
    {
        Header = ("Allow", allowed),
    };

    /// <summary>A query parameter that is not what it may be.</summary>
    public static ApiError InvalidParameter(string name, string allowed) => Bad("invalid_parameter", $"The query parameter {name} must be {allowed}.");

    /// <summary>A list can't go on where nobody was sent to.</summary>
    public static ApiError UnknownPlace { get; } = InvalidParameter("after", "the next of an earlier answer of the same list, as it was given");

    public static ApiError UnknownReason(string allowed) => Bad("invalid_reason", $"\"reason\" must be {allowed}.");

    /// <summary>The server itself refused to read the request.</summary>
    public static ApiError BadRequest(int status) => new(status, status == StatusCodes.Status413PayloadTooLarge ? "body_too_large" : "bad_request", "The request could not be read.");

    private static string Seconds(TimeSpan retryAfter) => Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static ApiError Bad(string code, string message) => new(StatusCodes.Status400BadRequest, code, message);

    private static ApiError Forbidden(string code, string message) => new(StatusCodes.Status403Forbidden, code, message);

    private static ApiError Unauthorized(string code, string message) => new(StatusCodes.Status401Unauthorized, code, message)
    {
        Header = ("WWW-Authenticate", "ApiKey"),
    };
}

/// <summary>An error as every route answers it: a code from a closed set and a message that says what, where and how much, never data of an event.</summary>
internal sealed record ApiError(int Status, string Code, string Message) : IResult
{
    /// <summary>A header that goes with it, for instance <c>Retry-After</c>.</summary>
    public (string Name, string Value)? Header { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (Header is { } header)
        {
            httpContext.Response.Headers[header.Name] = header.Value;
        }

        return JsonBody.WriteAsync(httpContext, Status, this, static (writer, error) =>
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, error.Code);
            writer.WriteString("message"u8, error.Message);
            writer.WriteEndObject();
        });
    }
}
