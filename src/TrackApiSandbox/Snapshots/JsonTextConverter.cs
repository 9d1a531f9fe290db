using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrackApiSandbox.Snapshots;

/// <summary>Writes a <see cref="JsonText"/> as the JSON it is.</summary>
internal sealed class JsonTextConverter : JsonConverter<JsonText>
{
    public override JsonText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonText.Of(JsonElement.ParseValue(ref reader));

    public override void Write(Utf8JsonWriter writer, JsonText value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}
