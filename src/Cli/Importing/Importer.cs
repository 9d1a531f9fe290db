using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Host;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Sends a file's events to a host's import lane, piece by piece, and waits where the host asks for it.</summary>
/// <param name="api">The host.</param>
/// <param name="time">Waits.</param>
/// <param name="rejected">Told of each line that is no event: its number, counted from where the import started, and why.</param>
/// <param name="waiting">Told each time the host can't take a piece: which of the tries it was, of how many, and how long is waited.</param>
internal sealed class Importer(HostApi api, TimeProvider time, Action<long, string> rejected, Action<int, int, TimeSpan> waiting)
{
    private const int MaxTries = 30;
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(2);

    /// <summary>How far it is. A piece counts when the host has it.</summary>
    public ImportProgress Progress { get; private set; } = new(0, 0, 0, 0);

    /// <summary>Sends the file from an offset on.</summary>
    /// <returns>What stopped it; null when all was sent.</returns>
    public async Task<HostAnswer?> RunAsync(Stream file, long offset, Action<ImportProgress> advanced, CancellationToken cancellationToken)
    {
        Progress = Progress with { Offset = offset };
        await foreach (LineBatch batch in LineBatches.ReadAsync(file, offset, cancellationToken))
        {
            HostAnswer answer = await SendAsync(batch, cancellationToken);
            if (answer is not HostAnswer.Good { Body: var body })
            {
                return answer;
            }

            Count(batch, body);
            advanced(Progress);
        }

        Progress = Progress with { Offset = file.Length };
        advanced(Progress);
        return null;
    }

    private async Task<HostAnswer> SendAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            HostAnswer answer = await api.ImportAsync(batch.Events, cancellationToken);
            if (answer is not HostAnswer.Unreachable unreachable || tries == MaxTries)
            {
                return answer;
            }

            TimeSpan wait = unreachable.RetryAfter ?? DefaultWait;
            waiting(tries, MaxTries, wait);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private void Count(LineBatch batch, JsonObject body)
    {
        JsonArray refused = body["rejected"] as JsonArray ?? [];
        foreach (JsonNode item in refused.OfType<JsonNode>())
        {
            JsonObject? told = item as JsonObject;
            long index = Math.Min(CliJson.Number(told?["index"]), batch.Lines.Count - 1);
            rejected(batch.Lines[(int)index], $"{told?["code"]}: {told?["message"]}");
        }

        Progress = new ImportProgress(
            batch.Offset,
            Progress.Accepted + CliJson.Number(body["accepted"]),
            Progress.Skipped + CliJson.Number(body["skipped"]),
            Progress.Rejected + refused.Count);
    }
}
