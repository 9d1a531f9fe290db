using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Preview;

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
        WriteRawOrNull(writer, "body"u8, request.Body.IsEmpty ? null : request.Body);
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
