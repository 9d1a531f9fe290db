using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Host;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Commands;

/// <summary><c>dead-letters</c>: look at them, send them again, throw them away.</summary>
internal static class DeadLettersCommand
{
    private const string Route = "api/dead-letters";

    public static Command Create(CliContext cli) => new("dead-letters", "Look after events that could not be delivered, at a running host.")
    {
        List(cli),
        Show(cli),
        Pass(cli, "replay", "Send dead letters again, as they were received, with the rules and mapping of now.", "replayed", asOfNow: true),
        Pass(cli, "discard", "Throw dead letters away for good.", "discarded", asOfNow: false),
    };

    private static Command List(CliContext cli)
    {
        var host = HostOptions.Admin();
        var reason = new Option<string?>("--reason") { Description = "Only those of this reason, for instance limit_exceeded." };
        var limit = new Option<int>("--limit") { Description = "The most to list, 1 or more.", DefaultValueFactory = _ => 50 };
        limit.Validators.Add(static given =>
        {
            if (given.Tokens is [{ Value: var text }] && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number < 1)
            {
                given.AddError($"--limit must be 1 or more; {number} was given.");
            }
        });
        var command = new Command("list", "List dead letters, oldest first.") { reason, limit };
        host.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using HostApi api = host.Open(parsed, cli);
            return await DeadLetterList.RunAsync(api, parsed.GetValue(reason), parsed.GetValue(limit), cli.Console, cancellationToken);
        });
        return command;
    }

    private static Command Show(CliContext cli)
    {
        var host = HostOptions.Admin();
        var id = new Argument<string>("id") { Description = "The dead letter's id." };
        id.Validators.Add(RefuseWhatIsNoId);
        var command = new Command("show", "Show one dead letter with its event and what Customer.io wrote. It holds personal data.") { id };
        host.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using HostApi api = host.Open(parsed, cli);
            HostAnswer answer = await api.GetAsync($"{Route}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}", cancellationToken);
            return Tell(answer, cli.Console, body => cli.Console.Plain(body.ToJsonString(CliJson.Indented)));
        });
        return command;
    }

    private static Command Pass(CliContext cli, string verb, string description, string counter, bool asOfNow)
    {
        var host = HostOptions.Admin();
        var ids = new Argument<string[]>("ids") { Description = "The dead letters' ids.", Arity = ArgumentArity.ZeroOrMore };
        ids.Validators.Add(RefuseWhatIsNoId);
        var reason = new Option<string?>("--reason") { Description = "All of this reason." };
        var all = new Option<bool>("--all") { Description = "All of them." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell which it would be." };
        var yes = new Option<bool>("--yes") { Description = "Don't ask." };
        var now = new Option<bool>("--as-of-now") { Description = "Let changes of people count as of now, also where a newer one arrived meanwhile." };
        var command = new Command(verb, description) { ids, reason, all, dryRun };
        command.Options.Add(asOfNow ? now : yes);

        host.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] given = [.. (parsed.GetValue(ids) ?? []).Distinct(StringComparer.Ordinal)];
            JsonObject? selection = Selection(given, parsed.GetValue(reason), parsed.GetValue(all));
            if (selection is null)
            {
                cli.Console.MarkupLine("[red]Say which:[/] ids, --reason or --all, one of the three.");
                return DestinationCommand.NotUnderstood;
            }

            if (asOfNow && parsed.GetValue(now))
            {
                selection["asOfNow"] = true;
            }

            using HostApi api = host.Open(parsed, cli);
            bool isAnyMissing = false;
            if (parsed.GetValue(dryRun) || (!asOfNow && !parsed.GetValue(yes)))
            {
                HostAnswer? trouble = null;
                DeadLetterCount? count = given.Length > 0
                    ? await DeadLetterCount.FindAsync(api, given, answer => trouble = answer, cancellationToken)
                    : await DeadLetterCount.ReadAsync(api, parsed.GetValue(reason), answer => trouble = answer, cancellationToken);
                if (count is null)
                {
                    return Tell(trouble!, cli.Console, _ => { });
                }

                if (count.Confirm(verb, parsed.GetValue(dryRun), cli) is { } exitCode)
                {
                    return exitCode;
                }

                // Those that are not there were told.
                isAnyMissing = count.NotFound.Count > 0;
                selection = Selection([.. given.Except(count.NotFound, StringComparer.Ordinal)], parsed.GetValue(reason), parsed.GetValue(all))!;
            }

            int ended = await new DeadLetterPass(api, cli.Console, cli.Time).RunAsync($"{Route}/{verb}", selection, counter, cancellationToken);
            return isAnyMissing ? Math.Max(ended, 1) : ended;
        });
        return command;
    }

    /// <summary>Tells a good answer, or what went wrong.</summary>
    internal static int Tell(HostAnswer answer, IAnsiConsole console, Action<JsonObject> tell)
    {
        if (answer is HostAnswer.Good good)
        {
            tell(good.Body);
            return 0;
        }

        console.Line($"[red]{answer.Problem}[/]");
        return 1;
    }

    // A mistyped option stands where an id may: it must not be one, or the rest would be done.
    private static void RefuseWhatIsNoId(ArgumentResult given)
    {
        foreach (Token token in given.Tokens)
        {
            if (!long.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                given.AddError($"'{token.Value}' is neither a dead letter's id, which is a number, nor an option of this command.");
            }
        }
    }

    private static JsonObject? Selection(string[] ids, string? reason, bool all) => (ids, reason, all) switch
    {
        ([_, ..], null, false) => new JsonObject { ["ids"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) },
        ([], not null, false) => new JsonObject { ["reason"] = reason },
        ([], null, true) => new JsonObject { ["all"] = true },
        _ => null,
    };
}
