using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.LocalHost;

/// <summary>The settings and rules, or the one message that says everything that is wrong with them.</summary>
internal static class StartSettings
{
    /// <summary>Reads the settings.</summary>
    /// <exception cref="StartRefusedException">They are not good.</exception>
    public static DestinationSettings Read(IConfiguration configuration) => SettingsReader.Read(configuration) switch
    {
        SettingsResult.Valid valid => valid.Settings,
        SettingsResult.Invalid invalid => throw new StartRefusedException(invalid.Message),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Opens the rules.</summary>
    /// <exception cref="StartRefusedException">They are not good.</exception>
    public static RulesSource OpenRules(DestinationSettings settings) => RulesSource.Open(settings.Rules, TimeProvider.System) switch
    {
        RulesOpening.Opened opened => opened.Source,
        RulesOpening.Refused refused => throw new StartRefusedException(refused.Message),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
