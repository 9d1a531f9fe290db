using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using TrackApiSandbox.State;

namespace TrackApiSandbox.TrackApi;

/// <summary>Reads the JSON of a body.</summary>
internal static class JsonBody
{
    /// <summary>The JSON, or null when it is none: broken, too deep, no UTF-8, or with half a surrogate pair, which is no text.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span) || HasLoneSurrogate(bytes.Span))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Looks at the escapes alone; in valid JSON a backslash stands nowhere but in a text.</summary>
    private static bool HasLoneSurrogate(ReadOnlySpan<byte> json)
    {
        bool afterHigh = false;
        for (int at = json.IndexOf((byte)'\\'); at >= 0 && at + 1 < json.Length;)
        {
            bool isCodeUnit = TryReadCodeUnit(json[at..], out char unit);
            bool isLow = isCodeUnit && char.IsLowSurrogate(unit);
            if (isLow != afterHigh)
            {
                return true;
            }

            afterHigh = isCodeUnit && char.IsHighSurrogate(unit);
            int rest = at + (isCodeUnit ? 6 : 2);
            int next = json[rest..].IndexOf((byte)'\\');
            if (afterHigh && next != 0)
            {
                return true;
            }

            at = next < 0 ? -1 : rest + next;
        }

        return afterHigh;
    }

    private static bool TryReadCodeUnit(ReadOnlySpan<byte> escape, out char unit)
    {
        unit = default;
        bool isCodeUnit = escape.Length >= 6 && escape[1] == 'u';
        if (!isCodeUnit || !ushort.TryParse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort value))
        {
            return false;
        }

        unit = (char)value;
        return true;
    }
}

/// <summary>Reads members of a JSON object that may be absent or of another type.</summary>
internal static class JsonFields
{
    private const double FirstMillisecondTime = 1e11;

    /// <summary>The member, or null when absent or JSON null.</summary>
    public static JsonElement? Find(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    /// <summary>The member if it is a text that is not empty, else null.</summary>
    public static string? FindText(this JsonElement element, string name) => element.Find(name)?.AsText();

    /// <summary>The member if it is an object, else null.</summary>
    public static JsonElement? FindObject(this JsonElement element, string name) =>
        element.Find(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>The value if it is a text that is not empty, else null.</summary>
    public static string? AsText(this JsonElement value) =>
        value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>
    /// Unix seconds, fractions cut off, or null for what is none: text, milliseconds, negative numbers. The API takes its own clock then
    /// (a Customer.io engineer in segmentio/action-destinations#2054: "an invalid timestamp is replaced with time.now()").
    /// </summary>
    public static long? AsUnixSeconds(this JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out double seconds) && seconds is >= 0 and < FirstMillisecondTime
            ? (long)seconds
            : null;
}

/// <summary>What a call or batch item turned out to be.</summary>
internal abstract record Reading
{
    private Reading()
    {
    }

    public static Reading Of(Change change, IReadOnlyList<Problem> problems) => problems.Count == 0 ? new Understood(change) : new Refused(problems);

    public static Reading Of(Problem problem) => new Refused([problem]);

    /// <summary>Valid; the workspace decides what comes of it.</summary>
    public sealed record Understood(Change Change) : Reading;

    /// <summary>Invalid, with every reason found.</summary>
    public sealed record Refused(IReadOnlyList<Problem> Problems) : Reading;
}
