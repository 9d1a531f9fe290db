using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

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
