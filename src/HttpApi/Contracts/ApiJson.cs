using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>The JSON of bodies: camelCase, times in UTC, absent values as <c>null</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(StatusBody))]
[JsonSerializable(typeof(DestinationBody))]
[JsonSerializable(typeof(DeliveriesBody))]
[JsonSerializable(typeof(EventStoryBody))]
[JsonSerializable(typeof(DeadLettersBody))]
[JsonSerializable(typeof(SelectionBody))]
[JsonSerializable(typeof(ReplayBody))]
[JsonSerializable(typeof(DiscardBody))]
[JsonSerializable(typeof(ForgetBody))]
[JsonSerializable(typeof(ReceiptBody))]
[JsonSerializable(typeof(LiftBody))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The same for answers, which are never part of HTML: what JSON itself does not ask to be escaped stays readable.</summary>
    public static ApiJson Answers => Relaxed.Json;

    /// <summary>Seconds with one decimal: finer is noise.</summary>
    public static double Seconds(TimeSpan age) => Math.Round(age.TotalSeconds, 1);

    // A class of its own, because it is made of what the generator's part of this one holds.
    private static class Relaxed
    {
        public static readonly ApiJson Json = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}

/// <summary>Times as <c>2026-01-31T12:00:00.000Z</c>, always in UTC.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The time as text.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));
}
