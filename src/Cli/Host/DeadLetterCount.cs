using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Host;

/// <summary>How many dead letters a selection holds, and why they are there: what somebody must know before they throw them away.</summary>
/// <param name="Number">How many; where <paramref name="HasMore"/>, how many were counted.</param>
/// <param name="HasMore">Whether there are more than were counted.</param>
/// <param name="ByReason">How many of each reason, most first; empty when the reasons are not known.</param>
internal sealed record DeadLetterCount(long Number, bool HasMore, IReadOnlyList<(string Reason, long Number)> ByReason)
{
    private const int PageSize = 1_000;
    private const int MostPages = 100;

    /// <summary>Ids that were asked for and are no dead letter's.</summary>
    public IReadOnlyList<string> NotFound { get; private init; } = [];

    /// <summary>Looks for letters by their ids; null when the host does not answer.</summary>
    /// <param name="api">The host.</param>
    /// <param name="ids">The ids, each once.</param>
    /// <param name="failed">Told what the host answered instead.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<DeadLetterCount?> FindAsync(HostApi api, IReadOnlyList<string> ids, Action<HostAnswer> failed, CancellationToken cancellationToken)
    {
        var byReason = new Dictionary<string, long>(StringComparer.Ordinal);
        List<string> notFound = [];
        foreach (string id in ids)
        {
            switch (await api.GetAsync($"api/dead-letters/{Uri.EscapeDataString(id)}", cancellationToken))
            {
                case HostAnswer.Good { Body: var letter }:
                    Count(byReason, letter);
                    break;
                case HostAnswer.Refused { Status: 404, Code: "unknown_dead_letter" }:
                    notFound.Add(id);
                    break;
                case var trouble:
                    failed(trouble);
                    return null;
            }
        }

        return Of(byReason, hasMore: false) with { NotFound = notFound };
    }

    /// <summary>Counts the letters of a host; null when it does not answer.</summary>
    /// <param name="api">The host.</param>
    /// <param name="reason">Only those of this reason; null for all.</param>
    /// <param name="failed">Told what the host answered instead.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<DeadLetterCount?> ReadAsync(HostApi api, string? reason, Action<HostAnswer> failed, CancellationToken cancellationToken)
    {
        var byReason = new Dictionary<string, long>(StringComparer.Ordinal);
        string? after = null;
        for (int page = 0; page == 0 || (after is not null && page < MostPages); page++)
        {
            HostAnswer answer = await api.GetAsync(DeadLetterList.Page(reason, PageSize, after), cancellationToken);
            if (answer is not HostAnswer.Good { Body: var body })
            {
                failed(answer);
                return null;
            }

            foreach (JsonNode item in (body["items"] as JsonArray ?? []).OfType<JsonObject>())
            {
                Count(byReason, item);
            }

            after = body["next"]?.ToString();
        }

        return Of(byReason, hasMore: after is not null);
    }

    /// <summary>Tells them and asks: on a terminal for the number, elsewhere for <c>--yes</c>.</summary>
    /// <returns>The exit code; null to go on.</returns>
    public int? Confirm(string verb, bool dryRun, CliContext cli)
    {
        foreach (string id in NotFound)
        {
            cli.Console.Line($"[yellow]not found[/] {id}");
        }

        int missing = NotFound.Count > 0 ? 1 : 0;
        if (Number == 0)
        {
            cli.Console.WriteLine("There are no such dead letters.");
            return missing;
        }

        if (dryRun)
        {
            cli.Console.Line($"This would {verb} {Told}. Nothing was done.");
            return missing;
        }

        cli.Console.Line($"This will {verb} {Told}. {(Number == 1 ? "It" : "They")} can not be brought back.");
        if (cli.ReadLine is null)
        {
            cli.Console.Line($"[red]Nothing was done.[/] Nobody can be asked here: repeat it with --yes.");
            return 1;
        }

        string number = Number.ToString(CultureInfo.InvariantCulture);
        cli.Console.Text($"Type {number} to {verb} {(Number == 1 ? "it" : "them")}: ");
        if (cli.ReadLine()?.Trim().Replace(",", "", StringComparison.Ordinal) == number)
        {
            return null;
        }

        cli.Console.Line($"[red]Nothing was done.[/]");
        return 1;
    }

    private static void Count(Dictionary<string, long> byReason, JsonNode letter)
    {
        string code = letter["reason"]?.ToString() ?? "unknown";
        byReason[code] = byReason.GetValueOrDefault(code) + 1;
    }

    private static DeadLetterCount Of(Dictionary<string, long> byReason, bool hasMore) =>
        new(byReason.Values.Sum(), hasMore, [.. byReason.Select(pair => (pair.Key, pair.Value)).OrderByDescending(pair => pair.Value)]);

    private string Told => string.Create(CultureInfo.InvariantCulture, $"{(HasMore ? "more than " : "")}{Number:N0} dead letter{(Number == 1 ? "" : "s")}")
        + (ByReason.Count == 0 ? "" : $" ({string.Join(", ", ByReason.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Number:N0} {one.Reason}")))})");
}
