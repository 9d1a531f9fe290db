using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Host;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Commands;

/// <summary><c>story</c>: what happened to one event, as the page tells it.</summary>
internal static class StoryCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CliContext cli)
    {
        var host = HostOptions.Admin();
        var id = new Argument<string>("id") { Description = "The event's id: one of the eventIds that POST /api/events answered, or as the lists of deliveries and dead letters show it." };
        id.Validators.Add(static given =>
        {
            // Such a path would ask for something else.
            if (given.Tokens is [{ Value: var text }] && (string.IsNullOrWhiteSpace(text) || text is "." or ".."))
            {
                given.AddError($"'{text}' is no event's id.");
            }
        });
        var json = new Option<bool>("--json") { Description = "Write JSON, as GET /api/events/{eventId} answers it." };
        var command = new Command("story", "Tell what happened to one event, at a running host, oldest first. Exit code 1 when nothing is known of it.") { id, json };
        host.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using HostApi api = host.Open(parsed, cli);
            HostAnswer answer = await api.GetAsync($"api/events/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}", cancellationToken);
            return DeadLettersCommand.Tell(answer, cli.Console, story =>
            {
                if (parsed.GetValue(json))
                {
                    cli.Console.Plain(story.ToJsonString(CliJson.Indented));
                }
                else
                {
                    Tell(story, cli.Console, cli.Time.GetUtcNow());
                }
            });
        });
        return command;
    }

    // One step a line, and what it warned of below it.
    private static void Tell(JsonObject story, IAnsiConsole console, DateTimeOffset now)
    {
        Line($"{story["kind"]} {story["eventId"]}");
        foreach (JsonObject step in (story["steps"] as JsonArray ?? []).OfType<JsonObject>())
        {
            Line($"  {At(step)}  {What(step)}{Because(step, now)}");
            foreach (JsonObject warning in (step["warnings"] as JsonArray ?? []).OfType<JsonObject>())
            {
                Line($"      {warning["code"]}: {warning["field"]}");
            }
        }

        // A name with a line end in it would make a line of its own.
        void Line(string text) => console.Plain(text.ReplaceLineEndings(" "));
    }

    private static string At(JsonObject step) => TimeOf(step["at"]) is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";

    private static string What(JsonObject step) => step["step"]?.ToString() switch
    {
        "accepted" => "Accepted",
        "queued" => "Waiting on the queue",
        "replayed" => "Replayed from the dead letters",
        "discarded" => "Discarded from the dead letters",
        "ingest" => "Skipped when it came in",
        "tried" => "Tried, and will be tried again",
        _ => step["outcome"]?.ToString() switch
        {
            "delivered" => "Delivered",
            "skipped" => "Skipped",
            "deadLettered" => "Dead letter",
            "released" => "Given back",
            var other => other ?? step["step"]?.ToString() ?? "",
        },
    };

    private static string Because(JsonObject step, DateTimeOffset now)
    {
        string? reason = step["reason"]?.ToString();
        string? status = step["httpStatus"]?.ToString();
        double left = ((TimeOf(step["nextTryAt"]) ?? now) - now).TotalSeconds;
        string?[] parts =
        [
            reason,
            status is null || reason == $"http_{status}" ? null : $"HTTP {status}",
            step["durationMs"] is JsonValue took ? $"{took} ms" : null,
            left > 0 ? string.Create(CultureInfo.InvariantCulture, $"next try in {Math.Ceiling(left):F0} s") : null,
        ];
        string because = string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
        return because.Length == 0 ? "" : $" ({because})";
    }

    private static DateTimeOffset? TimeOf(JsonNode? node) =>
        DateTimeOffset.TryParse(node?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;
}
