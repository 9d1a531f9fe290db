using System.Globalization;
using System.Net.Http.Headers;

namespace CustomerIoDestination.TrackApi;

/// <summary>
/// The <c>Retry-After</c> header: whole seconds, however many, or a date (RFC 9110 10.2.3). Where several numbers are given the longest counts;
/// anything else is as good as none.
/// </summary>
internal static class RetryAfter
{
    /// <summary>A shorter one, or one in the past, is no invitation to come back at once.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>A longer one is not believed.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);

    /// <summary>How long to wait for what was asked.</summary>
    public static TimeSpan Bounded(TimeSpan asked) => asked < Shortest ? Shortest : asked > Longest ? Longest : asked;

    /// <summary>The wait an answer asks for; null when it asks for none. A date in the past is zero.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (!headers.NonValidated.TryGetValues("Retry-After", out HeaderStringValues values))
        {
            return null;
        }

        string text = values.ToString();
        if (Seconds(text) is { } seconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out DateTimeOffset date)
            ? TimeSpan.FromTicks(Math.Max(0, (date - now).Ticks))
            : null;
    }

    // A number too large to hold is as long as can be told, not none.
    private static uint? Seconds(string text)
    {
        uint longest = 0;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Length == 0 || !part.All(char.IsAsciiDigit))
            {
                return null;
            }

            longest = Math.Max(longest, uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds) ? seconds : uint.MaxValue);
        }

        return longest;
    }
}

/// <summary>Failures to get an answer at all, as bounded codes. Exception messages stay out: they name hosts, some name URLs.</summary>
internal static class TransportFailure
{
    /// <summary>Whether the exception means that no usable answer came, or none within the attempt's deadline.</summary>
    public static bool Is(Exception exception) => exception is HttpRequestException or IOException or OperationCanceledException;

    /// <summary>The code, for instance <c>timeout</c>.</summary>
    public static string Code(Exception exception) => exception switch
    {
        OperationCanceledException => "timeout",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "name_resolution",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "connection",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => "proxy",
        _ => "broken_off",
    };
}
