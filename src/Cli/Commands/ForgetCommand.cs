using System.CommandLine;
using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Host;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Commands;

/// <summary><c>forget</c>: erase a person at a running host and at Customer.io, or end the time in which their events are skipped.</summary>
internal static class ForgetCommand
{
    private const string Route = "api/people/forget";

    public static Command Create(CliContext cli)
    {
        var host = HostOptions.Admin();
        var id = new Option<string?>("--id") { Description = "The person's user id." };
        var email = new Option<string?>("--email") { Description = "The person's e-mail. Give both where both are known." };
        var mode = new Option<string>("--mode") { Description = "What Customer.io does: suppress (delete, and ignore later calls) or delete.", DefaultValueFactory = _ => "suppress" };
        mode.AcceptOnlyFromAmong("suppress", "delete");
        var lift = new Option<bool>("--lift") { Description = "End the time in which the person's events are skipped, instead." };
        var yes = new Option<bool>("--yes") { Description = "Don't ask." };
        var command = new Command("forget", "Erase a person, at a running host: from the queue, the dead letters and Customer.io, and skip their events for a while.") { id, email, mode, lift, yes };
        host.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            JsonObject person = Person(parsed.GetValue(id), parsed.GetValue(email), parsed.GetRequiredValue(mode));
            if (person.Count == 1)
            {
                cli.Console.MarkupLine("[red]Say who:[/] --id, --email, or both.");
                return DestinationCommand.NotUnderstood;
            }

            using HostApi api = host.Open(parsed, cli);
            if (parsed.GetValue(lift))
            {
                long lifted = 0;
                int exitCode = DeadLettersCommand.Tell(await api.DeleteAsync(Route, person, cancellationToken), cli.Console, body => lifted = TellLifted(body, cli.Console));
                return lifted == 0 ? 1 : exitCode;
            }

            return parsed.GetValue(yes) || Confirms(cli)
                ? DeadLettersCommand.Tell(await api.PostAsync(Route, person, cancellationToken), cli.Console, body => TellReceipt(body, cli.Console))
                : 1;
        });
        return command;
    }

    private static JsonObject Person(string? id, string? email, string mode)
    {
        var person = new JsonObject();
        if (id is not null)
        {
            person["id"] = id;
        }

        if (email is not null)
        {
            person["email"] = email;
        }

        person["mode"] = mode;
        return person;
    }

    private static bool Confirms(CliContext cli)
    {
        cli.Console.WriteLine("This erases the person here and at Customer.io. It can not be taken back.");
        if (cli.ReadLine is null)
        {
            cli.Console.MarkupLine("[red]Nothing was done.[/] Nobody can be asked here: repeat it with --yes.");
            return false;
        }

        cli.Console.Text($"Type forget to go on: ");
        if (cli.ReadLine()?.Trim() == "forget")
        {
            return true;
        }

        cli.Console.MarkupLine("[red]Nothing was done.[/]");
        return false;
    }

    private static void TellReceipt(JsonObject body, IAnsiConsole console)
    {
        TellWarnings(body, console);
        console.Line($"Forgotten at {body["at"]}: {body["removed"]?["queue"]} events taken off the queue, {body["removed"]?["deadLetters"]} dead letters removed, {body["sent"]} calls taken by Customer.io.");
        console.Line($"Events of the person are skipped until {body["refusedUntil"]}.");
    }

    /// <returns>For how many of the identifiers there was something to lift.</returns>
    private static long TellLifted(JsonObject body, IAnsiConsole console)
    {
        TellWarnings(body, console);
        long lifted = CliJson.Number(body["lifted"]);
        if (lifted == 0)
        {
            console.Line($"[yellow]Nothing was lifted:[/] nobody of these identifiers was forgotten, or the time in which their events are skipped was over.");
            return 0;
        }

        console.Line($"Lifted at {body["at"]} for {lifted} of the identifiers given: what is received from now on is sent. What Customer.io suppressed stays so.");
        return lifted;
    }

    private static void TellWarnings(JsonObject body, IAnsiConsole console)
    {
        foreach (JsonNode warning in (body["warnings"] as JsonArray ?? []).OfType<JsonNode>())
        {
            console.Line($"[yellow]warning[/] {warning["message"]}");
        }
    }
}
