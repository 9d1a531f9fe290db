using System.Text.Json.Nodes;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Host;

/// <summary>
/// Replays or discards dead letters. One call works on so many only; it is repeated until none is left, after a pause where it could do nothing because
/// somebody else held them or the queue took none.
/// </summary>
internal static class DeadLetterPass
{
    // Over the minute for which a pass of another process may hold dead letters.
    private const int MostPauses = 24;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Does it and tells how many; the exit code.</summary>
    /// <param name="api">The host.</param>
    /// <param name="path">The route.</param>
    /// <param name="selection">Which.</param>
    /// <param name="counter">The answer's count, <c>replayed</c> or <c>discarded</c>.</param>
    /// <param name="console">Where it is told.</param>
    /// <param name="time">Waits between two calls.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<int> RunAsync(
        HostApi api, string path, JsonObject selection, string counter, IAnsiConsole console, TimeProvider time, CancellationToken cancellationToken)
    {
        long total = 0;
        int pauses = 0;
        while (true)
        {
            HostAnswer answer = await api.PostAsync(path, selection, cancellationToken);
            if (answer is not HostAnswer.Good { Body: var body })
            {
                console.Line($"[red]{answer.Problem}[/]");
                console.Line($"{total} {counter} before that.");
                return 1;
            }

            long count = CliJson.Number(body[counter]);
            total += count;
            Tell(body, console);

            if (body["more"] is not JsonValue more || !more.TryGetValue(out bool isMore) || !isMore)
            {
                console.Line($"[green]{total}[/] {counter}.");
                return 0;
            }

            pauses = count > 0 ? 0 : pauses + 1;
            if (pauses > MostPauses)
            {
                console.Line($"[red]There are more, and none could be {counter} for a while.[/]");
                console.Line($"{total} {counter} before that.");
                return 1;
            }

            if (pauses > 0)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private static void Tell(JsonObject body, IAnsiConsole console)
    {
        foreach (JsonNode id in (body["notFound"] as JsonArray ?? []).OfType<JsonNode>())
        {
            console.Line($"[yellow]not found[/] {id}");
        }

        foreach (JsonNode warning in (body["warnings"] as JsonArray ?? []).OfType<JsonNode>())
        {
            console.Line($"[yellow]warning[/] {(warning is JsonObject detailed ? detailed["message"] ?? detailed : warning)}");
        }
    }
}
