using CustomerIoDestination.Events;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.People;

/// <summary>
/// Whose an event is, by keys: what is asked before it is sent, and what is learnt once it was delivered. Holds no identifier but one that is to be claimed,
/// and outlives the memory the event was read in.
/// </summary>
internal sealed record PersonQuestion
{
    /// <summary>What is to be known of the event.</summary>
    public required PersonFacts Facts { get; init; }

    /// <summary>The user id's key; null when there is none.</summary>
    public required PersonKey? Id { get; init; }

    /// <summary>The keys of all e-mails it tells.</summary>
    public required IReadOnlyList<PersonKey> Emails { get; init; }

    /// <summary>The key of the id that an alias gives up; null when there is none.</summary>
    public required PersonKey? Previous { get; init; }

    /// <summary>The device's key; null when there is none.</summary>
    public required PersonKey? Device { get; init; }

    /// <summary>What addresses the person; empty when nothing does.</summary>
    public required ReadOnlyMemory<byte> Identifier { get; init; }

    /// <summary>The event's time, Unix seconds.</summary>
    public required long EventSeconds { get; init; }

    /// <summary>What was remembered under its keys when it was asked.</summary>
    public IReadOnlyList<PersonRow> Remembered { get; init; } = [];

    public IEnumerable<PersonKey> PersonKeys => new[] { Id, Previous }.OfType<PersonKey>().Concat(Emails);

    /// <summary>All keys.</summary>
    public IEnumerable<PersonKey> Keys => Device is { } device ? PersonKeys.Append(device) : PersonKeys;

    /// <summary>The question an event asks.</summary>
    public static PersonQuestion Of(in PersonNamed named, MappingResult result, EventEnvelope envelope, PersonCipher cipher, MappingSettings settings)
    {
        (PersonKey? id, PersonKey? previous, IReadOnlyList<PersonKey> emails, PersonKey? device) = KeysOf(named.Event, cipher, settings);
        var identify = (result as MappingResult.Mapped)?.Operations.OfType<TrackApiOperation.IdentifyPerson>().FirstOrDefault();
        var facts = PersonFacts.Of(named, result, envelope);
        return new PersonQuestion
        {
            Facts = facts,
            Id = id,
            Previous = previous,
            Emails = emails,
            Device = device,
            Identifier = settings.ClaimAnonymous && identify is not null ? identify.Person.Value.Bytes.ToArray() : default,
            EventSeconds = identify?.Timestamp ?? facts.AnonymousAt ?? envelope.ReceivedAt.ToUnixTimeSeconds(),
        };
    }

    /// <summary>The keys of whatever an event names its person and device by.</summary>
    public static (PersonKey? Id, PersonKey? Previous, IReadOnlyList<PersonKey> Emails, PersonKey? Device) KeysOf(FreshpaintEvent source, PersonCipher cipher, MappingSettings settings)
    {
        EventHead head = source.Head;
        return (
            head.UserId.IsPresent ? cipher.OfId(head.UserId.Text) : null,
            source is FreshpaintEvent.Alias { PreviousId: { IsPresent: true } previous } ? cipher.OfId(previous.Text) : null,
            [.. Identity.EmailsOf(source, settings).Select(cipher.OfEmail).Distinct()],
            head.DeviceId.IsPresent ? cipher.OfDevice(head.DeviceId.Text) : null);
    }

    /// <summary>What the rows say that are remembered under its keys. A device's own row counts only where no person is named: another may use it now.</summary>
    public PersonKnowledge Read(IReadOnlyList<PersonRow> rows, PersonCipher cipher)
    {
        bool isOfDevice = !PersonKeys.Any();
        DateTimeOffset? forgottenUntil = null;
        bool? hasEmail = null;
        DeviceClaim? claim = null;
        foreach (PersonRow row in rows)
        {
            if (PersonRows.ForgottenUntil(row) is { } until && (isOfDevice || row.Key != Device))
            {
                forgottenUntil = !(until <= forgottenUntil) ? until : forgottenUntil;
            }

            hasEmail = PersonRows.HasEmail(row) is { } told ? told || hasEmail == true : hasEmail;
            claim ??= row.Key == Device ? DeviceClaim.Read(row, cipher) : null;
        }

        return new PersonKnowledge(forgottenUntil, hasEmail, claim);
    }
}
