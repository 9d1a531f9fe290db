using System.Text.Json;
using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.TrackApi;

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
