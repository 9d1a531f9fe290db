using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.LocalHost;

/// <summary>The settings and rules, or the one message that says everything that is wrong with them.</summary>
internal static class StartSettings
{
    /// <summary>
    /// The smallest managed heap the host works in: 192 MiB. Bodies, the queue's inbox and what is being delivered may take 64 MiB each at their worst. Measured:
    /// with 160 MiB under 2,000 strangers' bodies and large events nothing failed, with 128 MiB consumers and requests did, with 96 MiB the process ended.
    /// </summary>
    public const long SmallestHeapBytes = 192L * 1024 * 1024;

    /// <summary>Looks whether there is enough memory, before anything else starts.</summary>
    /// <param name="available">Bytes the managed heap may take.</param>
    /// <exception cref="StartRefusedException">There is not.</exception>
    public static void EnsureMemory(long available)
    {
        if (available < SmallestHeapBytes)
        {
            throw new StartRefusedException(
                $"The managed heap of this process may take {available / (1024 * 1024)} MiB, and the host needs {SmallestHeapBytes / (1024 * 1024)}. Give its container 256 MiB or more, or raise DOTNET_GCHeapHardLimit.");
        }
    }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="StartRefusedException">They are not good.</exception>
    public static DestinationSettings Read(IConfiguration configuration) => SettingsReader.Read(configuration).OrThrow(message => new StartRefusedException(message));

    /// <summary>Opens the rules.</summary>
    /// <exception cref="StartRefusedException">They are not good.</exception>
    public static RulesSource OpenRules(DestinationSettings settings) => RulesSource.Open(settings.Rules, TimeProvider.System).OrThrow(message => new StartRefusedException(message));
}

/// <summary>The host can't start as it is configured; the message says everything that is wrong and what would be right, and holds no secret.</summary>
public sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner);
