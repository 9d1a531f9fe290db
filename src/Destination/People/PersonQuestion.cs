using CustomerIoDestination.Events;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

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

    /// <summary>The key of the id that an alias gives up, or that an identify tells by a trait beside the user id; null when there is none.</summary>
    public required PersonKey? Other { get; init; }

    /// <summary>The device's key; null when there is none.</summary>
    public required PersonKey? Device { get; init; }

    /// <summary>What addresses the person; empty when nothing does.</summary>
    public required ReadOnlyMemory<byte> Identifier { get; init; }

    /// <summary>The event's time, Unix seconds.</summary>
    public required long EventSeconds { get; init; }

    /// <summary>What was remembered under its keys when it was asked.</summary>
    public IReadOnlyList<PersonRow> Remembered { get; init; } = [];

    public IEnumerable<PersonKey> PersonKeys => new[] { Id, Other }.OfType<PersonKey>().Concat(Emails);

    /// <summary>All keys.</summary>
    public IEnumerable<PersonKey> Keys => Device is { } device ? PersonKeys.Append(device) : PersonKeys;

    /// <summary>The question an event asks.</summary>
    public static PersonQuestion Of(in PersonNamed named, MappingResult result, EventEnvelope envelope, PersonCipher cipher, MappingSettings settings)
    {
        (PersonKey? id, PersonKey? other, IReadOnlyList<PersonKey> emails, PersonKey? device) = KeysOf(named.Event, cipher, settings);
        var identify = (result as MappingResult.Mapped)?.Operations.OfType<TrackApiOperation.IdentifyPerson>().FirstOrDefault();
        var facts = PersonFacts.Of(named, result, envelope);
        return new PersonQuestion
        {
            Facts = facts,
            Id = id,
            Other = other,
            Emails = emails,
            Device = device,
            Identifier = settings.ClaimAnonymous && identify is not null ? identify.Person.Value.Bytes.ToArray() : default,
            EventSeconds = identify?.Timestamp ?? facts.AnonymousAt ?? envelope.ReceivedAt.ToUnixTimeSeconds(),
        };
    }

    /// <summary>The keys of whatever an event names its person and device by.</summary>
    public static (PersonKey? Id, PersonKey? Other, IReadOnlyList<PersonKey> Emails, PersonKey? Device) KeysOf(FreshpaintEvent source, PersonCipher cipher, MappingSettings settings)
    {
        EventHead head = source.Head;
        return (
            head.UserId.IsPresent ? cipher.OfId(head.UserId.Text) : null,
            OtherId(source, settings) is { } other ? cipher.OfId(other) : null,
            [.. Identity.EmailsOf(source, settings).Select(cipher.OfEmail).Distinct()],
            head.DeviceId.IsPresent ? cipher.OfDevice(head.DeviceId.Text) : null);
    }

    // The id that an alias gives up, or that an identify gives its person by a trait: it would bring back whoever had it.
    private static Utf8Text? OtherId(FreshpaintEvent source, MappingSettings settings)
    {
        Events.Identifier id = source switch
        {
            FreshpaintEvent.Alias alias => alias.PreviousId,
            FreshpaintEvent.Identify identify => Events.Identifier.Read(identify.Traits["id"u8], settings.PlaceholderIdentifiers),
            _ => Events.Identifier.Absent,
        };
        return id.IsPresent && id.Text != source.Head.UserId.Text ? id.Text : null;
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
