using System.Diagnostics;
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

/// <summary>What asking Customer.io for the region of the credentials came to. Nothing is written by it and it carries no personal data.</summary>
public abstract record PingResult
{
    private PingResult()
    {
    }

    /// <summary>Key and region fit.</summary>
    /// <param name="Region">The workspace's region.</param>
    /// <param name="Url">The Track API's base URL in use.</param>
    /// <param name="Workspace">The workspace's number (<c>environment_id</c>); null when the answer named none.</param>
    public sealed record Good(CustomerIoRegion Region, Uri Url, long? Workspace) : PingResult;

    /// <summary>The key is refused (401, 403) or the call redirected (3xx: the wrong region).</summary>
    /// <param name="Status">The HTTP status.</param>
    public sealed record Refused(int Status) : PingResult;

    /// <summary>There is no key: none is configured, or the vault that holds it was never readable. Nothing was asked.</summary>
    public sealed record NoCredentials : PingResult;

    /// <summary>The workspace lives at another URL, or there is no Track API at the configured one.</summary>
    /// <param name="Url">Where the workspace lives; null when nobody said.</param>
    public sealed record WrongUrl(Uri? Url) : PingResult;

    /// <summary>No answer that says anything: try again later.</summary>
    /// <param name="Code">A bounded code, for instance <c>timeout</c>.</param>
    /// <param name="Status">The HTTP status; null when there was no answer.</param>
    public sealed record NoAnswer(string Code, int? Status) : PingResult;
}

/// <summary>One ping in flight for all who ask, and its answer good for ten seconds: a wrong key must not double the traffic.</summary>
internal sealed class SharedPing(Func<Task<PingResult>> ping, TimeProvider time)
{
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task<PingResult>? _last;
    private long _endedAt;

    /// <summary>The answer: the one in flight, the one just had, or a new one.</summary>
    public Task<PingResult> AskAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            bool usable = _last is { IsCompleted: false } || (_last is { IsCompletedSuccessfully: true } && time.GetElapsedTime(_endedAt) < Held);
            if (!usable)
            {
                _last = RunAsync();
            }

            return _last!.WaitAsync(cancellationToken);
        }
    }

    private async Task<PingResult> RunAsync()
    {
        // Leaves the lock before anything runs.
        await Task.Yield();
        PingResult result = await ping();
        lock (_gate)
        {
            _endedAt = time.GetTimestamp();
        }

        return result;
    }
}

/// <summary>
/// What a suspicious answer means once a ping told about key, region and URL.
/// <list type="table">
/// <item><term>ping refused, another URL, or no key</term><description>misconfigured</description></item>
/// <item><term>no answer to the ping</term><description>unavailable</description></item>
/// <item><term>ping good; the answer was 401, 403, 407</term><description>unavailable: a key in rotation, a proxy</description></item>
/// <item><term>ping good; any other answer</term><description>rejected</description></item>
/// </list>
/// </summary>
internal static class PingDiagnosis
{
    /// <summary>The suspicious answer with what the ping told: it is one of the other kinds then.</summary>
    public static TrackApiAnswer Judge(TrackApiAnswer.Suspicious answer, PingResult ping) => Of(answer, answer.HttpStatus!.Value, ping) with { Calls = answer.Calls };

    /// <summary>The answer to a call that could not be made because the region is not known.</summary>
    public static TrackApiAnswer NotSent(PingResult ping) => ping switch
    {
        PingResult.NoAnswer none => new TrackApiAnswer.Unavailable(none.Code, none.Status, null) { Calls = 0 },
        PingResult.Refused refused => new TrackApiAnswer.Misconfigured(Code(ping)!, refused.Status) { Calls = 0 },
        PingResult.WrongUrl or PingResult.NoCredentials => new TrackApiAnswer.Misconfigured(Code(ping)!, null) { Calls = 0 },
        _ => throw new UnreachableException(),
    };

    /// <summary>Why everything must be held after this ping; null when nothing must.</summary>
    public static string? Code(PingResult ping) => ping switch
    {
        PingResult.NoCredentials => MisconfiguredCodes.CredentialsMissing,
        PingResult.Refused { Status: 401 or 403 } => MisconfiguredCodes.CredentialsRefused,
        PingResult.Refused => MisconfiguredCodes.WrongRegion,
        PingResult.WrongUrl { Url: null } => MisconfiguredCodes.WrongUrl,
        PingResult.WrongUrl => MisconfiguredCodes.WrongRegion,
        PingResult.Good or PingResult.NoAnswer => null,
        _ => throw new UnreachableException(),
    };

    private static TrackApiAnswer Of(TrackApiAnswer.Suspicious answer, int status, PingResult ping) => ping switch
    {
        PingResult.Good when status is 401 or 403 or 407 => new TrackApiAnswer.Unavailable(AnswerTable.HttpCode(status), status, null),
        PingResult.Good => new TrackApiAnswer.Refused(
            status, [new AnswerError(null, AnswerTable.HttpCode(status), null, KnownMessages.Unknown(status, hasText: !answer.Text.IsEmpty), answer.Text)]),
        PingResult.NoAnswer none => new TrackApiAnswer.Unavailable(none.Code, status, null),
        _ => new TrackApiAnswer.Misconfigured(Code(ping)!, status),
    };
}
