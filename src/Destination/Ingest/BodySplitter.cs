using System.Text.Json;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Ingest;

/// <summary>
/// Splits a request's body into items: one event, an array, <c>{"batch":[…]}</c>, or newline-delimited JSON, each with byte order marks before it or without.
/// Content-Type is ignored, because Freshpaint sends none unless the operator adds it.
/// </summary>
internal static class BodySplitter
{
    /// <summary>The most items of one request, unless it is a browser's.</summary>
    public const int MaxItems = 1_000;

    private static readonly System.Buffers.SearchValues<byte> FormNameBytes =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.%+"u8);

    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Splits a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="maxItems">The most items.</param>
    public static BodyItems Split(ReadOnlyMemory<byte> body, int maxItems = MaxItems)
    {
        body = WithoutByteOrderMark(body);
        if (FindEncodingProblem(body.Span) is { } encoding)
        {
            return new BodyItems.Unreadable("invalid_encoding", encoding);
        }

        if (body.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return new BodyItems.Unreadable("invalid_json", "the body is empty; an event, an array of events or lines of events were expected");
        }

        if (TrySplitValue(body, maxItems, out BodyItems? items, out string problem))
        {
            return items;
        }

        return LooksLikeLines(body.Span) && !IsFormInParts(body.Span) ? SplitLines(body, maxItems) : new BodyItems.Unreadable("invalid_json", FormProblem(body.Span) ?? problem);
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> body)
    {
        while (body.Span.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        return body;
    }

    private static string? FormProblem(ReadOnlySpan<byte> body)
    {
        body = body.Trim(" \t\r\n"u8);
        int name = body.IndexOfAnyExcept(FormNameBytes);
        return name > 0 && body[name] == (byte)'=' ? "the body is a form (name=value); JSON was expected, as the whole body"
            : IsFormInParts(body) ? "the body is a form in parts (multipart/form-data); JSON was expected, as the whole body"
            : null;
    }

    private static bool IsFormInParts(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8).StartsWith("--"u8) && body.IndexOf("form-data"u8) > 0;

    private static string? FindEncodingProblem(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || body.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
            || (body.Length >= 2 && (body[0] == 0 || body[1] == 0)))
        {
            return "the body is UTF-16 or UTF-32; UTF-8 was expected";
        }

        int valid = ValidPrefix(body);
        return valid == body.Length ? null : $"the body is no UTF-8 at byte {valid}";
    }

    private static int ValidPrefix(ReadOnlySpan<byte> body)
    {
        if (System.Text.Unicode.Utf8.IsValid(body))
        {
            return body.Length;
        }

        int position = 0;
        while (System.Text.Rune.DecodeFromUtf8(body[position..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            position += length;
        }

        return position;
    }

    private static bool TrySplitValue(ReadOnlyMemory<byte> body, int maxItems, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out BodyItems? items, out string problem)
    {
        items = null;
        problem = "";
        var reader = new Utf8JsonReader(body.Span, AnyDepth);
        try
        {
            reader.Read();
            items = reader.TokenType == JsonTokenType.StartArray ? ReadElements(ref reader, body, maxItems) : SplitValue(ref reader, body, maxItems);

            // Anything after the value makes this throw.
            reader.Read();
            return true;
        }
        catch (JsonException e)
        {
            problem = $"the body is no JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine}";
            return false;
        }
    }

    // Where the elements of {"batch":[…]} begin, and what stands beside them; -1 when the object is an event of its own or holds no batch.
    private static int FindBatch(ReadOnlyMemory<byte> body, out BatchWrapper? wrapper)
    {
        wrapper = null;
        var reader = new Utf8JsonReader(body.Span, AnyDepth);
        reader.Read();
        int found = -1;
        ReadOnlyMemory<byte> integrations = default;
        ReadOnlyMemory<byte> context = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isBatch = IsName(reader, "batch"u8);
            bool isType = IsName(reader, "type"u8);
            bool isEvent = IsName(reader, "event"u8);
            bool isIntegrations = IsName(reader, "integrations"u8);
            bool isContext = IsName(reader, "context"u8);
            reader.Read();
            if (isEvent || (isType && !SaysBatch(reader)))
            {
                return -1;
            }

            int start = (int)reader.TokenStartIndex;
            found = !isBatch ? found : reader.TokenType == JsonTokenType.StartArray ? start : -1;
            reader.Skip();
            ReadOnlyMemory<byte> value = body[start..(int)reader.BytesConsumed];
            integrations = isIntegrations ? value : integrations;
            context = isContext ? value : context;
        }

        wrapper = found < 0 ? null : BatchWrapper.Of(integrations, context);
        return found;
    }

    private static bool SaysBatch(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String
        && System.Text.Ascii.EqualsIgnoreCase(Utf8Scan.Trim(new Utf8Text(JsonEscapes.Unescape(reader.ValueSpan, out _))).Span, "batch"u8);

    // The reader's own comparison throws where a name holds an escaped lone surrogate.
    private static bool IsName(in Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueIsEscaped
        ? JsonEscapes.Unescape(reader.ValueSpan, out _).AsSpan().SequenceEqual(name)
        : reader.ValueSpan.SequenceEqual(name);

    private static BodyItems SplitValue(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, int maxItems)
    {
        int start = (int)reader.TokenStartIndex;
        BatchWrapper? wrapper = null;
        int batch = reader.TokenType == JsonTokenType.StartObject ? FindBatch(body, out wrapper) : -1;
        reader.Skip();
        if (batch < 0)
        {
            return new BodyItems.Items([body[start..(int)reader.BytesConsumed]]);
        }

        var elements = new Utf8JsonReader(body.Span[batch..], AnyDepth);
        elements.Read();
        return ReadElements(ref elements, body[batch..], maxItems) is BodyItems.Items items ? items with { Wrapper = wrapper } : new BodyItems.TooMany();
    }

    private static BodyItems ReadElements(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, int maxItems)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        bool tooMany = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            tooMany |= values.Count == maxItems;
            if (!tooMany)
            {
                values.Add(body[start..(int)reader.BytesConsumed]);
            }
        }

        return tooMany ? new BodyItems.TooMany() : new BodyItems.Items(values);
    }

    // Lines of JSON, not one value broken over lines: any of them is a whole object.
    private static bool LooksLikeLines(ReadOnlySpan<byte> body)
    {
        foreach (Range range in body.Split((byte)'\n'))
        {
            if (IsObject(Line(body[range])))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        while (line.StartsWith("\uFEFF"u8))
        {
            line = line[3..].TrimStart(" \t\r"u8);
        }

        return line;
    }

    private static bool IsObject(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] != (byte)'{')
        {
            return false;
        }

        var reader = new Utf8JsonReader(line, AnyDepth);
        try
        {
            reader.Read();
            bool isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            return isObject && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static BodyItems SplitLines(ReadOnlyMemory<byte> body, int maxItems)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        foreach (Range range in body.Span.Split((byte)'\n'))
        {
            int length = Line(body.Span[range]).Length;
            if (length == 0)
            {
                continue;
            }

            if (values.Count == maxItems)
            {
                return new BodyItems.TooMany();
            }

            values.Add(body[range].TrimEnd(" \t\r"u8)[^length..]);
        }

        return new BodyItems.Items(values);
    }
}

/// <summary>What a request's body holds.</summary>
internal abstract record BodyItems
{
    private BodyItems()
    {
    }

    /// <summary>These items, in order; each may still be anything.</summary>
    /// <param name="Values">The items.</param>
    /// <param name="Wrapper">What the object around them says for all of them; null for nothing.</param>
    public sealed record Items(IReadOnlyList<ReadOnlyMemory<byte>> Values, BatchWrapper? Wrapper = null) : BodyItems;

    /// <summary>More items than a request may hold.</summary>
    public sealed record TooMany : BodyItems;

    /// <summary>Nothing that could be split: the whole body is one bad item.</summary>
    public sealed record Unreadable(string Code, string Message) : BodyItems;
}
