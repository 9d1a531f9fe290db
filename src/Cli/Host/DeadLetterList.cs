using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Host;

/// <summary>Lists dead letters page by page.</summary>
internal static class DeadLetterList
{
    /// <summary>Writes a table; the exit code.</summary>
    public static async Task<int> RunAsync(HostApi api, string? reason, int limit, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("id", "at", "kind", "reason", "attempts", "description");
        string? after = null;
        do
        {
            HostAnswer answer = await api.GetAsync(Page(reason, Math.Clamp(limit - table.Rows.Count, 1, 100), after), cancellationToken);
            if (answer is not HostAnswer.Good { Body: var body })
            {
                console.Line($"[red]{answer.Problem}[/]");
                return 1;
            }

            foreach (JsonNode item in (body["items"] as JsonArray ?? []).OfType<JsonNode>())
            {
                string[] cells = ["id", "deadLetteredAt", "kind", "reason", "attempts", "description"];
                table.AddRow([.. cells.Select(cell => ConsoleText.Cell(item[cell]?.ToString()))]);
            }

            after = body["next"]?.ToString();
        }
        while (after is not null && table.Rows.Count < limit);

        if (table.Rows.Count == 0)
        {
            console.WriteLine("There are no dead letters.");
            return 0;
        }

        console.Write(table);
        if (after is not null)
        {
            console.Line($"[dim]There are more; see them with --limit.[/]");
        }

        return 0;
    }

    /// <summary>The address of a page of the list.</summary>
    public static string Page(string? reason, int limit, string? after) =>
        string.Create(CultureInfo.InvariantCulture, $"api/dead-letters?limit={limit}")
        + (reason is null ? "" : $"&reason={Uri.EscapeDataString(reason)}")
        + (after is null ? "" : $"&after={Uri.EscapeDataString(after)}");
}
