using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>A page of dead letters, oldest first.</summary>
internal sealed record DeadLettersBody(IReadOnlyList<DeadLetterBody> Items, string? Next)
{
    public static DeadLettersBody Of(DeadLetterPage page) => new([.. page.Items.Select(DeadLetterBody.Of)], page.Next);
}

/// <summary>One dead letter without its event.</summary>
internal sealed record DeadLetterBody(
    string Id,
    string EventId,
    string Kind,
    string Reason,
    string Description,
    DateTimeOffset DeadLetteredAt,
    DateTimeOffset? EventTime,
    int Attempts,
    DateTimeOffset FirstFailedAt)
{
    public static DeadLetterBody Of(DeadLetter letter) => new(
        letter.Id,
        letter.EventId,
        letter.Kind,
        letter.Reason.ToCode(),
        letter.Description,
        letter.DeadLetteredAt,
        letter.EventTime,
        letter.Attempts,
        letter.FirstFailedAt);
}

/// <summary>A dead letter with its event: the raw JSON as received, or, where that is not JSON, its text as a string; and what Customer.io wrote when it refused it, as text, which may quote it.</summary>
internal static class DeadLetterDetailJson
{
    public static void Write(Utf8JsonWriter writer, DeadLetterDetail detail)
    {
        DeadLetter letter = detail.DeadLetter;
        writer.WriteStartObject();
        writer.WriteString("id"u8, letter.Id);
        writer.WriteString("eventId"u8, letter.EventId);
        writer.WriteString("kind"u8, letter.Kind);
        writer.WriteString("reason"u8, letter.Reason.ToCode());
        writer.WriteString("description"u8, letter.Description);
        writer.WriteString("deadLetteredAt"u8, UtcTimeConverter.Text(letter.DeadLetteredAt));
        writer.WriteString("eventTime"u8, letter.EventTime is { } time ? UtcTimeConverter.Text(time) : null);
        writer.WriteNumber("attempts"u8, letter.Attempts);
        writer.WriteString("firstFailedAt"u8, UtcTimeConverter.Text(letter.FirstFailedAt));
        if (!detail.Answer.IsEmpty)
        {
            writer.WriteString("answer"u8, detail.Answer.Span);
        }

        writer.WritePropertyName("event"u8);
        if (IsJson(detail.Event.Span))
        {
            writer.WriteRawValue(detail.Event.Span, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(Encoding.UTF8.GetString(detail.Event.Span));
        }

        writer.WriteEndObject();
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            return false;
        }

        var reader = new Utf8JsonReader(text);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
