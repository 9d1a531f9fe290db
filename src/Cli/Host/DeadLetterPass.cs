using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Host;

/// <summary>
/// Replays or discards dead letters. One call works on so many only; it is repeated until none is left of those that were there when the run began, after a
/// pause where it could do nothing because somebody else held them or the queue took none. Ctrl+C stops it between two calls. A replay ends by telling what
/// became of what it sent.
/// </summary>
/// <param name="api">The host.</param>
/// <param name="console">Where it is told.</param>
/// <param name="time">Waits between two calls.</param>
internal sealed class DeadLetterPass(HostApi api, IAnsiConsole console, TimeProvider time)
{
    // Over the minute for which a pass of another process may hold dead letters.
    private const int MostPauses = 24;

    // How long is waited for what becomes of what was replayed; and how long for the next of it where the queue does not tell how many still wait.
    private const int MostLooks = 120;
    private const int MostQuietLooks = 15;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    /// <summary>How long a call takes at most, which Ctrl+C lets end.</summary>
    public static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(100);

    /// <summary>Does it and tells how many; the exit code.</summary>
    /// <param name="path">The route.</param>
    /// <param name="selection">Which.</param>
    /// <param name="counter">The answer's count, <c>replayed</c> or <c>discarded</c>.</param>
    /// <param name="stop">Ends it after the call that is under way.</param>
    public async Task<int> RunAsync(string path, JsonObject selection, string counter, CancellationToken stop)
    {
        await using CancellationTokenRegistration told = stop.Register(() => console.Line($"[yellow]Stopping[/] when the call under way has ended…"));
        long total = 0;
        int pauses = 0;
        bool isMissing = false;
        while (true)
        {
            // Not cancelled: what a call did is known by its answer only.
            HostAnswer answer = await api.PostAsync(path, selection, CancellationToken.None);
            if (answer is not HostAnswer.Good { Body: var body })
            {
                console.Line($"[red]{answer.Problem}[/]");
                console.Line($"{total:N0} {counter} before that.");
                return 1;
            }

            long count = NumberOf(body, counter);
            total += count;
            isMissing |= Tell(body);
            if (body["bound"] is { } bound)
            {
                selection["bound"] = bound.DeepClone();
            }

            bool more = body["more"]?.GetValue<bool>() == true;
            if (!more || stop.IsCancellationRequested)
            {
                string how = more ? "Stopped: there are more. " : "";
                JsonObject? result = counter == "replayed" && total > 0 && body["cameBack"] is JsonObject ? await ResultAsync(path, body, stop) : null;
                console.Line($"{how}[green]{total:N0}[/] {counter}{(result is null ? "" : Told(result))}.");
                return more || isMissing || (result is not null && IsAnyLeft(result)) ? 1 : 0;
            }

            pauses = count > 0 ? 0 : pauses + 1;
            if (pauses > MostPauses)
            {
                console.Line($"[red]There are more, and none could be {counter} for a while.[/]");
                console.Line($"{total:N0} {counter} before that.");
                return 1;
            }

            if (pauses > 0)
            {
                await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                console.Line($"{total:N0} {counter}, going on…");
            }
        }
    }

    /// <summary>What became of what was replayed, once all of it has ended, or nothing more is heard.</summary>
    private async Task<JsonObject> ResultAsync(string path, JsonObject last, CancellationToken stop)
    {
        JsonObject result = last;
        int quiet = 0;
        if (!IsOver(result) && !stop.IsCancellationRequested)
        {
            console.Line($"[dim]They are on the queue; what becomes of them is looked for, at most two minutes: where the destination is paused or Customer.io is out they wait longer. Ctrl+C ends the looking, not the replay.[/]");
        }

        for (int looks = 0; looks < MostLooks && quiet < MostQuietLooks && !IsOver(result) && !stop.IsCancellationRequested; looks++)
        {
            await Task.Delay(LookPause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            long before = CameBack(result);
            if (await api.PostAsync(path, new JsonObject { ["bound"] = last["bound"]?.DeepClone() }, CancellationToken.None) is not HostAnswer.Good { Body: var body })
            {
                break;
            }

            result = body;
            quiet = result["waiting"] is null && CameBack(result) == before ? quiet + 1 : 0;
        }

        return result;
    }

    /// <summary>Whether not all of it was delivered, or meant not to be, as far as is known; what still waits is told.</summary>
    private bool IsAnyLeft(JsonObject result)
    {
        long waiting = NumberOf(result, "waiting");
        if (waiting > 0)
        {
            console.Line($"[yellow]{waiting:N0} of them still wait on the queue,[/] and are not lost. GET /api/status and the page say what for.");
        }

        return waiting > 0 || CameBack(result) > 0;
    }

    private static string Told(JsonObject result)
    {
        string reasons = string.Join(", ", (result["cameBack"] as JsonObject ?? [])
            .OrderByDescending(one => one.Value!.GetValue<long>())
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value!.GetValue<long>():N0}")));
        bool isKnown = result["delivered"] is not null;
        long skipped = NumberOf(result, "skipped");
        long waiting = NumberOf(result, "waiting");
        string[] parts =
        [
            isKnown ? string.Create(CultureInfo.InvariantCulture, $"{NumberOf(result, "delivered"):N0} delivered") : "",
            skipped > 0 ? string.Create(CultureInfo.InvariantCulture, $"{skipped:N0} skipped") : "",
            string.Create(CultureInfo.InvariantCulture, $"{CameBack(result):N0} came back") + (reasons.Length > 0 ? $" ({reasons})" : "") + (isKnown ? "" : " so far"),
            waiting > 0 ? string.Create(CultureInfo.InvariantCulture, $"{waiting:N0} still waiting") : "",
        ];
        return ": " + string.Join(", ", parts.Where(part => part.Length > 0));
    }

    private static bool IsOver(JsonObject result) => result["waiting"]?.GetValue<long>() == 0;

    private static long CameBack(JsonObject result) => (result["cameBack"] as JsonObject ?? []).Sum(one => one.Value!.GetValue<long>());

    private static long NumberOf(JsonObject body, string name) => body[name]?.GetValue<long>() ?? 0;

    /// <summary>Tells what an operator should know of a call; whether it did not find something.</summary>
    private bool Tell(JsonObject body)
    {
        JsonArray notFound = body["notFound"] as JsonArray ?? [];
        foreach (JsonNode id in notFound.OfType<JsonNode>())
        {
            console.Line($"[yellow]not found[/] {id}");
        }

        foreach (JsonNode warning in (body["warnings"] as JsonArray ?? []).OfType<JsonNode>())
        {
            string message = (warning is JsonObject detailed ? detailed["message"] ?? detailed : warning).ToString();
            console.Line($"[yellow]warning[/] {message.Replace("\"asOfNow\": true", "--as-of-now", StringComparison.Ordinal)}");
        }

        return notFound.Count > 0;
    }
}
