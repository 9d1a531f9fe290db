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

    /// <summary>Letters that were named one by one.</summary>
    public static DeadLetterCount Of(int ids) => new(ids, false, []);

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
                string code = item["reason"]?.ToString() ?? "unknown";
                byReason[code] = byReason.GetValueOrDefault(code) + 1;
            }

            after = body["next"]?.ToString();
        }

        return new DeadLetterCount(byReason.Values.Sum(), after is not null, [.. byReason.Select(pair => (pair.Key, pair.Value)).OrderByDescending(pair => pair.Value)]);
    }

    /// <summary>Tells them and asks: on a terminal for the number, elsewhere for <c>--yes</c>.</summary>
    /// <returns>The exit code; null to go on.</returns>
    public int? Confirm(string verb, bool dryRun, CliContext cli)
    {
        if (Number == 0)
        {
            cli.Console.WriteLine("There are no such dead letters.");
            return 0;
        }

        if (dryRun)
        {
            cli.Console.Line($"This would {verb} {Told}. Nothing was done.");
            return 0;
        }

        cli.Console.Line($"This will {verb} {Told}. They can not be brought back.");
        if (cli.ReadLine is null)
        {
            cli.Console.Line($"[red]Nothing was done.[/] Nobody can be asked here: repeat it with --yes.");
            return 1;
        }

        string number = Number.ToString(CultureInfo.InvariantCulture);
        cli.Console.Text($"Type {number} to {verb} them: ");
        if (cli.ReadLine()?.Trim().Replace(",", "", StringComparison.Ordinal) == number)
        {
            return null;
        }

        cli.Console.Line($"[red]Nothing was done.[/]");
        return 1;
    }

    private string Told => string.Create(CultureInfo.InvariantCulture, $"{(HasMore ? "more than " : "")}{Number:N0} dead letter{(Number == 1 ? "" : "s")}")
        + (ByReason.Count == 0 ? "" : $" ({string.Join(", ", ByReason.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Number:N0} {one.Reason}")))})");
}
