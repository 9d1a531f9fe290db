using System.Text.Json;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.People;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>Who is to be forgotten, and how. Strict on purpose: a misspelt member would otherwise leave half of it undone.</summary>
internal sealed record ForgetBody(string? Id = null, string? Email = null, string? Mode = null)
{
    public static Reading Read(ReadOnlySpan<byte> json, PlaceholderIdentifiers placeholders)
    {
        ForgetBody? body;
        try
        {
            body = JsonSerializer.Deserialize(json, ApiJson.Default.ForgetBody);
        }
        catch (JsonException)
        {
            body = null;
        }

        ForgetMode? mode = body?.Mode switch
        {
            null or "suppress" => ForgetMode.Suppress,
            "delete" => ForgetMode.Delete,
            _ => null,
        };
        if (body is null || mode is not { } known)
        {
            return new Reading(null, default, ApiErrors.InvalidPerson(body is null ? "the body is none of that form" : "\"mode\" is neither suppress nor delete"));
        }

        var person = PersonName.Read(body.Id, body.Email, placeholders, out string? problem);
        return new Reading(person, known, problem is null ? null : ApiErrors.InvalidPerson(problem));
    }

    /// <summary>What was read, or why nothing was.</summary>
    internal readonly record struct Reading(PersonName? Person, ForgetMode Mode, ApiError? Refusal);
}

/// <summary>The receipt of forgetting a person: counts and times, and no identifier.</summary>
internal sealed record ReceiptBody(DateTimeOffset At, ReceiptBody.Removals Removed, int Sent, DateTimeOffset RefusedUntil, IReadOnlyList<PassWarning> Warnings)
{
    public static ReceiptBody Of(ForgettingReceipt receipt, PersonName person) => new(
        receipt.At,
        new Removals(receipt.Queued, receipt.DeadLetters),
        receipt.Sent,
        receipt.RefusedUntil,
        [.. PassWarning.Of(person), .. PassWarning.Of(receipt)]);

    /// <summary>What was taken away.</summary>
    internal sealed record Removals(int Queue, int DeadLetters);
}

/// <summary>That a window was lifted, for how many of the identifiers.</summary>
internal sealed record LiftBody(DateTimeOffset At, int Lifted, IReadOnlyList<PassWarning> Warnings);
