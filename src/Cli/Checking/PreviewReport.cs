using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.Model;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules.Transforming;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Checking;

/// <summary>Tells people what would become of an event.</summary>
internal static class PreviewReport
{
    /// <summary>Writes it.</summary>
    public static void Write(PreviewItem item, IAnsiConsole console)
    {
        string colour = item.Outcome switch { "deliver" => "green", "skip" => "yellow", _ => "red" };
        string rule = item.Rule is null ? "" : item.RuleName is null ? $" by {item.Rule}" : $" by {item.Rule} ({item.RuleName})";
        console.Text($"[bold]{item.Index}[/] {item.Kind ?? "no event"} ");
        // What has an id would be taken in: only then something is found to be wrong with it.
        console.Markup($"[{colour}]{(item.Outcome != "reject" ? item.Outcome : item.EventId is null ? "refused" : "dead letter")}[/]");
        console.Line($" {item.Reason}{rule} [dim]{item.EventId}[/]");
        WriteTransformations(item.Transformations, console);
        foreach (PreviewRequest request in item.Requests)
        {
            console.Line($"  [blue]{request.Method} {request.Url}[/] [dim]{request.Body.Length} bytes[/]");
            if (!request.Body.IsEmpty)
            {
                console.Plain(Indent(JsonNode.Parse(request.Body.Span)!.ToJsonString(CliJson.Indented)));
            }
        }

        foreach (PreviewProblem problem in item.Problems)
        {
            console.Line($"  [red]{problem.Code}[/] {problem.Field}: {problem.Message}");
        }

        foreach (MappingWarning warning in item.Warnings)
        {
            console.Line($"  [yellow]{warning.Code}[/] {warning.Field}: {warning.Message}");
        }

        console.WriteLine();
    }

    private static void WriteTransformations(IReadOnlyList<AppliedTransformation> transformations, IAnsiConsole console)
    {
        foreach (AppliedTransformation applied in transformations)
        {
            string name = applied.Name is null ? "" : $" ({applied.Name})";
            console.Line($"  [dim]{applied.Rule}[/] {applied.Operation}{name} [bold]{applied.Field}[/]: {Text(applied.Before)} → {Text(applied.After)}");
        }
    }

    private static string Text(ReadOnlyMemory<byte>? json) => json is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : "nothing";

    private static string Indent(string text) => "  " + text.Replace("\n", "\n  ", StringComparison.Ordinal);
}
