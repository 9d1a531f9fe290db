using System.Text.Json;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.TrackApi;

/// <summary>The answer of <c>GET /api/v1/accounts/region</c>, for instance <c>{"url":"https://track-eu.customer.io","region":"eu","environment_id":3}</c>.</summary>
internal static class RegionAnswer
{
    public const string Path = "/api/v1/accounts/region";

    /// <summary>Reads a 2xx answer.</summary>
    public static TrackApiAnswer Read(int status, ReadOnlySpan<byte> body)
    {
        try
        {
            Utf8JsonReader reader = new(body);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? new TrackApiAnswer.Region(ErrorBody.Text(root, "url"), ErrorBody.Text(root, "region"), Number(root, "environment_id"))
                : Unreadable(status);
        }
        catch (JsonException)
        {
            return Unreadable(status);
        }
    }

    /// <summary>What the answer says about the settings.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="settings">What is configured.</param>
    /// <param name="current">The base URL in use; null while the region is not known.</param>
    public static PingResult Judge(TrackApiAnswer answer, CustomerIoSettings settings, Uri? current) => answer switch
    {
        TrackApiAnswer.Region region when settings.TrackApiUrl is { } url => new PingResult.Good(Named(region.Name) ?? CustomerIoRegion.Auto, url, region.Workspace),
        // Only Customer.io's own hosts: an answer must not be able to send personal data anywhere else.
        TrackApiAnswer.Region region when Find(region) is { } found && Url(found) is var url =>
            current is null || current == url ? new PingResult.Good(found, url, region.Workspace) : new PingResult.WrongUrl(url),
        TrackApiAnswer.Suspicious { HttpStatus: { } status and (401 or 403 or (>= 300 and < 400)) } => new PingResult.Refused(status),
        TrackApiAnswer.Suspicious { HttpStatus: not 407 } => new PingResult.WrongUrl(null),
        TrackApiAnswer.Misconfigured => new PingResult.NoCredentials(),
        TrackApiAnswer.Unavailable unavailable => new PingResult.NoAnswer(unavailable.Reason, unavailable.HttpStatus),
        TrackApiAnswer.Suspicious or TrackApiAnswer.Refused => new PingResult.NoAnswer(AnswerTable.HttpCode(answer.HttpStatus), answer.HttpStatus),
        _ => new PingResult.NoAnswer("unknown_region", null),
    };

    private static CustomerIoRegion? Find(TrackApiAnswer.Region region) =>
        Uri.TryCreate(region.Url, UriKind.Absolute, out Uri? url) && url == TrackApiUrl.Us ? CustomerIoRegion.Us
        : url is not null && url == TrackApiUrl.Eu ? CustomerIoRegion.Eu
        : region.Url is not null ? null
        : Named(region.Name);

    private static CustomerIoRegion? Named(string? name) => name switch
    {
        "us" => CustomerIoRegion.Us,
        "eu" => CustomerIoRegion.Eu,
        _ => null,
    };

    private static Uri Url(CustomerIoRegion region) => region == CustomerIoRegion.Eu ? TrackApiUrl.Eu : TrackApiUrl.Us;

    private static TrackApiAnswer.Unavailable Unreadable(int status) => new("unreadable_answer", status, null);

    private static long? Number(JsonElement root, string name) =>
        ErrorBody.TryGet(root, name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;
}
