using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace TrackApiSandbox.Snapshots;

/// <summary>A JSON value in the bytes in which it was sent: digits, nesting, order and escapes unchanged. Equal when the bytes are.</summary>
[JsonConverter(typeof(JsonTextConverter))]
public readonly struct JsonText : IEquatable<JsonText>
{
    private static readonly byte[] NullLiteral = "null"u8.ToArray();
    private readonly byte[]? _utf8;

    internal JsonText(byte[] utf8) => _utf8 = utf8;

    /// <summary>The value as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8 ?? NullLiteral;

    /// <summary>Whether it is the JSON literal <c>null</c>.</summary>
    public bool IsNull => Utf8.Span.SequenceEqual(NullLiteral);

    public static bool operator ==(JsonText left, JsonText right) => left.Equals(right);

    public static bool operator !=(JsonText left, JsonText right) => !left.Equals(right);

    /// <summary>The value parsed, for reading.</summary>
    public JsonElement ToElement() => JsonElement.Parse(Utf8.Span);

    /// <summary>The value parsed, for comparing with <see cref="JsonNode.DeepEquals"/>; null for JSON null.</summary>
    public JsonNode? ToNode() => JsonNode.Parse(Utf8.Span);

    /// <summary>The value as JSON text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);

    public bool Equals(JsonText other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    public override bool Equals(object? obj) => obj is JsonText other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    internal static JsonText Of(JsonElement element) => new(JsonMarshal.GetRawUtf8Value(element).ToArray());
}

/// <summary>Writes a <see cref="JsonText"/> as the JSON it is.</summary>
internal sealed class JsonTextConverter : JsonConverter<JsonText>
{
    public override JsonText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonText.Of(JsonElement.ParseValue(ref reader));

    public override void Write(Utf8JsonWriter writer, JsonText value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}

/// <summary>The JSON of the sandbox's own routes.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SandboxState))]
[JsonSerializable(typeof(SandboxStats))]
[JsonSerializable(typeof(RequestPage))]
internal sealed partial class SandboxJson : JsonSerializerContext;
