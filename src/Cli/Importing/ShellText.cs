using System.Buffers;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Words as they are typed into a shell.</summary>
internal static class ShellText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=,");

    /// <summary>A line of words.</summary>
    public static string Line(IEnumerable<string> words) => string.Join(' ', words.Select(Quoted));

    /// <summary>A word, quoted where a shell would take it apart or for something else.</summary>
    public static string Quoted(string word) =>
        OperatingSystem.IsWindows() ? word.Length > 0 && !word.Contains(' ', StringComparison.Ordinal) ? word : $"\"{word}\""
        : word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
