using System.Globalization;

namespace CustomerIoDestination.TrackApi;

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
