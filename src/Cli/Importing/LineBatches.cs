using System.Buffers;
using System.Runtime.CompilerServices;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Cuts a file of newline-delimited JSON into pieces of a size a host takes, without ever holding more than one.</summary>
internal static class LineBatches
{
    /// <summary>The most bytes of a piece: below a host's default of 1 MiB. A longer line goes alone.</summary>
    public const int MaxBytes = 500_000;

    /// <summary>The most events of a piece: below a host's bound.</summary>
    public const int MaxEvents = 500;

    /// <summary>The pieces from an offset on, blank lines left out.</summary>
    public static async IAsyncEnumerable<LineBatch> ReadAsync(Stream file, long offset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        file.Position = offset;
        var events = new ArrayBufferWriter<byte>();
        var numbers = new List<long>();
        long line = 0;
        await foreach (byte[] text in LinesAsync(file, cancellationToken))
        {
            if (numbers.Count > 0 && (numbers.Count == MaxEvents || events.WrittenCount + text.Length > MaxBytes))
            {
                yield return new LineBatch(offset, events.WrittenMemory, numbers);
                events = new ArrayBufferWriter<byte>();
                numbers = [];
            }

            line++;
            offset += text.Length;
            if (!text.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
            {
                events.Write(text);
                numbers.Add(line);
            }
        }

        if (numbers.Count > 0)
        {
            yield return new LineBatch(offset, events.WrittenMemory, numbers);
        }
    }

    private static async IAsyncEnumerable<byte[]> LinesAsync(Stream file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        var line = new ArrayBufferWriter<byte>();
        int read;
        while ((read = await file.ReadAsync(buffer, cancellationToken)) > 0)
        {
            int start = 0;
            int end;
            while ((end = buffer.AsSpan(start, read - start).IndexOf((byte)'\n')) >= 0)
            {
                line.Write(buffer.AsSpan(start, end + 1));
                yield return line.WrittenSpan.ToArray();
                line.ResetWrittenCount();
                start += end + 1;
            }

            line.Write(buffer.AsSpan(start, read - start));
        }

        if (line.WrittenCount > 0)
        {
            yield return line.WrittenSpan.ToArray();
        }
    }
}
