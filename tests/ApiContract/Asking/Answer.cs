using System.Globalization;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.ApiContract.Asking;

/// <summary>What a host answered.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The headers by name, without regard to case; several values joined by a comma.</param>
/// <param name="Text">The body.</param>
public sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Text)
{
    /// <summary>The body as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>Status and body.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Status} {Text}");

    /// <summary>Reads a response.</summary>
    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        await response.Content.ReadAsStringAsync());
}
