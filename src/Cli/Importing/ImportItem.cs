namespace CustomerIoDestination.Cli.Importing;

/// <summary>One line, array element or CSV row of a file.</summary>
/// <param name="Line">The number of the line it begins on, from 1.</param>
/// <param name="Source">It as it stands in the file: by this an event without an id is known again. Cut at <see cref="MaxKeptBytes"/>.</param>
/// <param name="Json">The event as one JSON value.</param>
/// <param name="Problem">Why it can't be sent; null when it may be.</param>
internal sealed record ImportItem(long Line, ReadOnlyMemory<byte> Source, ReadOnlyMemory<byte> Json, ItemProblem? Problem = null)
{
    /// <summary>It as people find it in the file.</summary>
    public ReadOnlyMemory<byte> Text { get; init; } = Source;

    /// <summary>The most bytes of an item that are ever held: beyond, it is refused, and only its beginning told.</summary>
    public const int MaxKeptBytes = 16 * 1024 * 1024;

    /// <summary>The problem of an item over <see cref="MaxKeptBytes"/>.</summary>
    public static ItemProblem TooLarge(long bytes) =>
        new("event_too_large", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the event has {bytes} bytes; the limit is {Model.EventEnvelope.MaxBodyBytes}"));
}

/// <summary>Why an item can't be sent.</summary>
/// <param name="Code">A code from a closed set, as ingest gives it.</param>
/// <param name="Message">What is wrong, in words; never data of the event.</param>
internal sealed record ItemProblem(string Code, string Message);

/// <summary>That a file can't be read on, from somewhere in its middle: what came before was good.</summary>
internal sealed class ImportFileException(string message, Exception? inner = null) : Exception(message, inner);
