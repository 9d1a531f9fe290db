using System.Text.Json;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>How far an import is: enough to go on after Ctrl+C or a crash. A small file beside the imported one, gone when all is done.</summary>
/// <param name="Host">The host it is sent to.</param>
/// <param name="Reading">How the file is read.</param>
/// <param name="Items">How many items of the file the host has, or were refused.</param>
/// <param name="Line">The line of the last of them.</param>
/// <param name="Accepted">Events the host has durably.</param>
/// <param name="Skipped">Events not meant to be sent.</param>
/// <param name="Refused">Items that are no events.</param>
/// <param name="RefusedBytes">How long the file of refused items was.</param>
/// <param name="Fingerprint">The SHA-256 of those items, by which the file is known again.</param>
internal sealed record ImportState(string Host, ImportReading Reading, long Items, long Line, long Accepted, long Skipped, long Refused, long RefusedBytes, string Fingerprint)
{
    // A state that lacks something tells too little to go on by.
    private static readonly JsonSerializerOptions Strict = new(CliJson.Compact) { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>Before anything was sent.</summary>
    public static ImportState Start(Uri host, ImportReading reading) => new(host.AbsoluteUri, reading, 0, 0, 0, 0, 0, 0, "");

    /// <summary>Reads a state; null when there is none.</summary>
    /// <exception cref="FormatException">What is there is none.</exception>
    public static ImportState? Read(string path)
    {
        try
        {
            return !File.Exists(path) ? null
                : JsonSerializer.Deserialize<ImportState>(File.ReadAllBytes(path), Strict) is { Items: >= 0, Line: >= 0, Accepted: >= 0, Skipped: >= 0, Refused: >= 0, RefusedBytes: >= 0 } state ? state
                : throw new FormatException();
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>Writes it, whole or not at all.</summary>
    public void Write(string path)
    {
        string next = path + ".next";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(this, CliJson.Indented));
        File.Move(next, path, overwrite: true);
    }
}
