using System.Text.RegularExpressions;

namespace CustomerIoDestination.Infra.Support;

/// <summary>infra/main.bicepparam: what azd gives to the template.</summary>
internal static partial class ParameterFile
{
    private static readonly string Text = Repository.Text("infra/main.bicepparam");

    /// <summary>Every variable it reads.</summary>
    public static IReadOnlyList<string> Variables { get; } = [.. Variable().Matches(Text).Select(match => match.Groups[1].Value)];

    /// <summary>Every parameter it gives.</summary>
    public static IReadOnlyList<string> Parameters { get; } = [.. Parameter().Matches(Text).Select(match => match.Groups[1].Value)];

    /// <summary>The variable of each of the app's settings.</summary>
    public static IReadOnlyDictionary<string, string> SettingVariables { get; } =
        Setting().Matches(Text).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.Ordinal);

    [GeneratedRegex(@"readEnvironmentVariable\('(\w+)'", RegexOptions.None, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^param (\w+) ", RegexOptions.Multiline, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^  ([A-Z]\w*__\w+): .*readEnvironmentVariable\('(\w+)'", RegexOptions.Multiline, 1000)]
    private static partial Regex Setting();
}
