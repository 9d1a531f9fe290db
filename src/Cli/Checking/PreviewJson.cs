using System.Text.Json.Nodes;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules;

namespace CustomerIoDestination.Cli.Checking;

/// <summary>A preview as JSON, in the form the HTTP API answers.</summary>
internal static class PreviewJson
{
    /// <summary>The JSON of one item.</summary>
    public static JsonObject Of(PreviewItem item) => new()
    {
        ["index"] = item.Index,
        ["shape"] = item.Shape,
        ["kind"] = item.Kind,
        ["eventId"] = item.EventId,
        ["partition"] = item.Partition,
        ["outcome"] = item.Outcome,
        ["requests"] = new JsonArray([.. item.Requests.Select(Of)]),
        ["batchItems"] = new JsonArray([.. item.BatchItems.Select(batchItem => JsonNode.Parse(batchItem.Span))]),
        ["reason"] = item.Reason,
        ["rule"] = item.Rule,
        ["problems"] = new JsonArray([.. item.Problems.Select(Of)]),
        ["warnings"] = new JsonArray([.. item.Warnings.Select(Of)]),
        ["transformations"] = new JsonArray([.. item.Transformations.Select(Of)]),
    };

    private static JsonObject Of(PreviewRequest request) => new()
    {
        ["method"] = request.Method,
        ["url"] = request.Url,
        ["path"] = request.Path,
        ["body"] = JsonNode.Parse(request.Body.Span),
        ["bytes"] = request.Body.Length,
    };

    private static JsonObject Of(PreviewProblem problem) => new()
    {
        ["code"] = problem.Code,
        ["field"] = problem.Field,
        ["limit"] = problem.Limit,
        ["actual"] = problem.Actual,
        ["message"] = problem.Message,
    };

    private static JsonObject Of(MappingWarning warning) => new() { ["code"] = warning.Code, ["field"] = warning.Field, ["message"] = warning.Message };

    private static JsonObject Of(AppliedTransformation applied) => new()
    {
        ["rule"] = applied.Rule,
        ["name"] = applied.Name,
        ["operation"] = applied.Operation,
        ["field"] = applied.Field,
        ["before"] = applied.Before is { } before ? JsonNode.Parse(before.Span) : null,
        ["after"] = applied.After is { } after ? JsonNode.Parse(after.Span) : null,
    };
}
