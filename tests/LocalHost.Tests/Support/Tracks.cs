using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.LocalHost.Tests.Support;

/// <summary>Track events of known people.</summary>
internal static class Tracks
{
    private static readonly string[] Devices = FindDevices();

    /// <summary>Partitions of a lane, as the settings have them by default.</summary>
    public const int Partitions = 64;

    /// <summary>An event of a partition.</summary>
    /// <param name="partition">Which, from 0 to 63.</param>
    /// <param name="number">Makes it another event.</param>
    /// <param name="user">Whose.</param>
    public static JsonObject Of(int partition, int number, string user = "user") => new()
    {
        ["type"] = "track",
        ["event"] = "Tick",
        ["userId"] = user,
        ["anonymousId"] = Devices[partition],
        ["messageId"] = $"{user}-{partition}-{number}",
        ["timestamp"] = 1_790_000_000 + number,
    };

    // The partition is the first eight bytes of the device's SHA-256 modulo the count.
    private static string[] FindDevices()
    {
        var devices = new string[Partitions];
        for (int i = 0, found = 0; found < Partitions; i++)
        {
            string device = $"device-{i}";
            int partition = (int)(BitConverter.ToUInt64([.. SHA256.HashData(Encoding.UTF8.GetBytes(device))[..8].Reverse()]) % Partitions);
            found += devices[partition] is null ? 1 : 0;
            devices[partition] ??= device;
        }

        return devices;
    }
}
