using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.LocalHost;

/// <summary>The settings and rules, or the one message that says everything that is wrong with them.</summary>
internal static class StartSettings
{
    /// <summary>Reads the settings.</summary>
    /// <exception cref="StartRefusedException">They are not good.</exception>
    public static DestinationSettings Read(IConfiguration configuration) => SettingsReader.Read(configuration).OrThrow(message => new StartRefusedException(message));

    /// <summary>Opens the rules.</summary>
    /// <exception cref="StartRefusedException">They are not good.</exception>
    public static RulesSource OpenRules(DestinationSettings settings) => RulesSource.Open(settings.Rules, TimeProvider.System).OrThrow(message => new StartRefusedException(message));
}

/// <summary>The host can't start as it is configured; the message says everything that is wrong and what would be right, and holds no secret.</summary>
public sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner);
