using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Preview;

/// <summary>What a preview answers.</summary>
public abstract record PreviewResult
{
    private PreviewResult()
    {
    }

    /// <summary>What would become of each item.</summary>
    public sealed record Items(IReadOnlyList<PreviewItem> Values) : PreviewResult;

    /// <summary>More items than one request may hold.</summary>
    /// <param name="Limit">The most.</param>
    public sealed record TooManyItems(int Limit) : PreviewResult;

    /// <summary>The events of a batch are too much in sum.</summary>
    /// <param name="Limit">The most bytes.</param>
    public sealed record TooLarge(long Limit) : PreviewResult;
}

/// <summary>What would become of one item. Nothing is sent and nothing stored.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Shape"><c>webhook</c> or <c>http_api</c>; null when it is no event.</param>
/// <param name="Kind">The kind's code; null when it is no event.</param>
/// <param name="EventId">The event id; null when it is no event.</param>
/// <param name="Partition">The partition; null when it is no event.</param>
/// <param name="Outcome"><c>deliver</c>, <c>skip</c> or <c>reject</c>.</param>
/// <param name="Requests">The calls, in turn.</param>
/// <param name="BatchItems">The same facts as items of a v2 batch; without those that would not travel in one.</param>
/// <param name="Reason">The skip reason, the dead-letter reason, or the code of what is wrong with the item; null when it would be delivered.</param>
/// <param name="Problems">Everything that makes it undeliverable.</param>
/// <param name="Warnings">What was changed or may surprise.</param>
/// <param name="Rule">Where the rule that skips it stands in the rules, for instance <c>events.enabled</c> or <c>transformations[2]</c>; null when none does.</param>
/// <param name="RuleName">The name that rule's author gave it; null for none.</param>
/// <param name="Transformations">What the rules changed, in order.</param>
public sealed record PreviewItem(
    int Index,
    string? Shape,
    string? Kind,
    string? EventId,
    string? Partition,
    string Outcome,
    IReadOnlyList<PreviewRequest> Requests,
    IReadOnlyList<ReadOnlyMemory<byte>> BatchItems,
    string? Reason,
    IReadOnlyList<PreviewProblem> Problems,
    IReadOnlyList<MappingWarning> Warnings,
    string? Rule,
    string? RuleName,
    IReadOnlyList<AppliedTransformation> Transformations);

/// <summary>One call as it would be made.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">The whole URL.</param>
/// <param name="Path">The path.</param>
/// <param name="Body">The JSON body (UTF-8).</param>
public sealed record PreviewRequest(string Method, string Url, string Path, ReadOnlyMemory<byte> Body);

/// <summary>One thing that makes an item undeliverable.</summary>
/// <param name="Code">A code from a closed set.</param>
/// <param name="Field">Where.</param>
/// <param name="Limit">The limit, where there is one.</param>
/// <param name="Actual">The actual size, where there is a limit.</param>
/// <param name="Message">In words.</param>
public sealed record PreviewProblem(string Code, string Field, int? Limit, int? Actual, string Message);

/// <summary>The preview as JSON: one form for the HTTP API and the command line. Written by hand, because the bodies in it are JSON already.</summary>
public static class PreviewJson
{
    /// <summary>Writes an array with an object an item.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<PreviewItem> items) => writer.WriteObjects(items, WriteItem);

    private static void WriteItem(Utf8JsonWriter writer, PreviewItem item)
    {
        writer.WriteNumber("index"u8, item.Index);
        writer.WriteString("shape"u8, item.Shape);
        writer.WriteString("kind"u8, item.Kind);
        writer.WriteString("eventId"u8, item.EventId);
        writer.WriteString("partition"u8, item.Partition);
        writer.WriteString("outcome"u8, item.Outcome);
        writer.WriteObjects("requests"u8, item.Requests, WriteRequest);
        writer.WriteStartArray("batchItems"u8);
        foreach (ReadOnlyMemory<byte> batchItem in item.BatchItems)
        {
            writer.WriteRawValue(batchItem.Span, skipInputValidation: true);
        }

        writer.WriteEndArray();
        writer.WriteString("reason"u8, item.Reason);
        writer.WriteString("rule"u8, item.Rule);
        writer.WriteString("ruleName"u8, item.RuleName);
        writer.WriteObjects("problems"u8, item.Problems, WriteProblem);
        writer.WriteObjects("warnings"u8, item.Warnings, WriteWarning);
        writer.WriteObjects("transformations"u8, item.Transformations, WriteTransformation);
    }

    private static void WriteRequest(Utf8JsonWriter writer, PreviewRequest request)
    {
        writer.WriteString("method"u8, request.Method);
        writer.WriteString("url"u8, request.Url);
        writer.WriteString("path"u8, request.Path);
        WriteRawOrNull(writer, "body"u8, request.Body.IsEmpty ? default(ReadOnlyMemory<byte>?) : request.Body);
        writer.WriteNumber("bytes"u8, request.Body.Length);
    }

    private static void WriteProblem(Utf8JsonWriter writer, PreviewProblem problem)
    {
        writer.WriteString("code"u8, problem.Code);
        writer.WriteString("field"u8, problem.Field);
        WriteNumberOrNull(writer, "limit"u8, problem.Limit);
        WriteNumberOrNull(writer, "actual"u8, problem.Actual);
        writer.WriteString("message"u8, problem.Message);
    }

    private static void WriteWarning(Utf8JsonWriter writer, MappingWarning warning)
    {
        writer.WriteString("code"u8, warning.Code);
        writer.WriteString("field"u8, warning.Field);
        writer.WriteString("message"u8, warning.Message);
    }

    private static void WriteTransformation(Utf8JsonWriter writer, AppliedTransformation applied)
    {
        writer.WriteString("rule"u8, applied.Rule);
        writer.WriteString("name"u8, applied.Name);
        writer.WriteString("operation"u8, applied.Operation);
        writer.WriteString("field"u8, applied.Field);
        WriteRawOrNull(writer, "before"u8, applied.Before);
        WriteRawOrNull(writer, "after"u8, applied.After);
    }

    private static void WriteRawOrNull(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlyMemory<byte>? json)
    {
        writer.WritePropertyName(name);
        if (json is { } value)
        {
            writer.WriteRawValue(value.Span, skipInputValidation: true);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static void WriteNumberOrNull(Utf8JsonWriter writer, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
