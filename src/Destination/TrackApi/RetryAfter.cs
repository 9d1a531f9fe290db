using System.Globalization;
using System.Net.Http.Headers;

namespace CustomerIoDestination.TrackApi;

/// <summary>The <c>Retry-After</c> header: whole seconds or a date (RFC 9110 10.2.3); anything else is as good as none.</summary>
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
        if (uint.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out uint seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out DateTimeOffset date)
            ? TimeSpan.FromTicks(Math.Max(0, (date - now).Ticks))
            : null;
    }
}
