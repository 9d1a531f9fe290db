using System.Text.Json.Nodes;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Host;

/// <summary>Replays or discards dead letters. One call works on so many only; it is repeated until none is left.</summary>
internal static class DeadLetterPass
{
    /// <summary>Does it and tells how many; the exit code.</summary>
    /// <param name="api">The host.</param>
    /// <param name="path">The route.</param>
    /// <param name="selection">Which.</param>
    /// <param name="counter">The answer's count, <c>replayed</c> or <c>discarded</c>.</param>
    /// <param name="console">Where it is told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<int> RunAsync(HostApi api, string path, JsonObject selection, string counter, IAnsiConsole console, CancellationToken cancellationToken)
    {
        long total = 0;
        bool more;
        do
        {
            HostAnswer answer = await api.PostAsync(path, selection, cancellationToken);
            if (answer is not HostAnswer.Good { Body: var body })
            {
                console.Line($"[red]{answer.Problem}[/]");
                console.Line($"{total} {counter} before that.");
                return 1;
            }

            long count = body[counter]?.GetValue<long>() ?? 0;
            total += count;
            Tell(body, console);

            // A call that did nothing although there is more would be repeated for ever.
            more = body["more"]?.GetValue<bool>() == true && count > 0;
        }
        while (more);

        console.Line($"[green]{total}[/] {counter}.");
        return 0;
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
