using System.Text.Json;
using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.TrackApi;

/// <summary>Reads events, page views and screen views; v1 calls their data <c>data</c>, v2 <c>attributes</c>.</summary>
internal static class EventReader
{
    private static readonly JsonText NoData = new("{}"u8.ToArray());

    public static SandboxEvent Read(JsonElement body, string? type, string dataKey, string? anonymousId, long now, List<Problem> problems) => new(
        body.FindText("id"),
        ReadName(body, problems),
        type is "page" or "screen" ? type : "event",
        body.Find("timestamp").AsUnixSeconds() ?? now,
        ReadData(body.Find(dataKey), problems),
        anonymousId);

    private static string ReadName(JsonElement body, List<Problem> problems)
    {
        string name = body.FindText("name")?.Trim() ?? "";
        if (name.Length == 0)
        {
            problems.Add(Problem.EventNameBlank);
        }

        if (TrackApiLimits.IsLonger(name, TrackApiLimits.MaxEventNameBytes))
        {
            problems.Add(Problem.EventNameTooLong);
        }

        if (name.Length >= TrackApiLimits.MaxEventNameCharacters)
        {
            problems.Add(Problem.EventNameTooManyCharacters);
        }

        return name;
    }

    private static JsonText ReadData(JsonElement? data, List<Problem> problems)
    {
        if (data is not { } present)
        {
            return NoData;
        }

        if (present.ValueKind is not JsonValueKind.Object)
        {
            problems.Add(Problem.EventDataNotObject);
            return NoData;
        }

        if (TrackApiLimits.IsLonger(present, TrackApiLimits.MaxEventDataBytes))
        {
            problems.Add(Problem.EventDataTooLong);
        }

        return JsonText.Of(present);
    }
}

/// <summary>Reads <c>device</c>; v1 calls its token <c>id</c>, v2 <c>token</c>.</summary>
internal static class DeviceReader
{
    public static SandboxDevice Read(JsonElement body, string tokenKey, List<Problem> problems)
    {
        JsonElement? device = body.FindObject("device");
        string token = ReadToken(device, tokenKey, problems);
        string platform = device?.FindText("platform") ?? "";
        if (platform is not ("ios" or "android"))
        {
            problems.Add(Problem.DevicePlatformUnknown);
        }

        JsonText? attributes = device?.FindObject("attributes") is { } present ? JsonText.Of(present) : null;
        return new SandboxDevice(token, platform, device?.Find("last_used").AsUnixSeconds(), attributes);
    }

    public static string ReadToken(JsonElement? device, string tokenKey, List<Problem> problems)
    {
        string token = device?.FindText(tokenKey) ?? "";
        if (token.Length == 0)
        {
            problems.Add(Problem.DeviceTokenMissing);
        }

        return token;
    }
}
