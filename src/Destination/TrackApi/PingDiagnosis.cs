using System.Diagnostics;

namespace CustomerIoDestination.TrackApi;

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
