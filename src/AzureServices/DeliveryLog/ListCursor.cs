using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>Where a list goes on: in a day's table, after a token of the service, or at its beginning.</summary>
/// <param name="Day">The day.</param>
/// <param name="Token">The service's continuation token; null for the beginning.</param>
internal sealed record ListCursor(DateOnly Day, string? Token)
{
    private const string Format = "yyyyMMdd";

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is nothing of ours.</summary>
    public static ListCursor? TryParse(string text)
    {
        if (text.Length < Format.Length
            || !DateOnly.TryParseExact(text.AsSpan(0, Format.Length), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
        {
            return null;
        }

        ReadOnlySpan<char> token = text.AsSpan(Format.Length);
        return token.IsEmpty ? new ListCursor(day, null)
            : Base64Url.IsValid(token) ? new ListCursor(day, Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)))
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Day.ToString(Format, CultureInfo.InvariantCulture) + (Token is null ? "" : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Token)));
}
