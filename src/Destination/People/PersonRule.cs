using System.Diagnostics;
using CustomerIoDestination.Events;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.People;

/// <summary>Whether a person's event may go. The answer to it, from a closed set.</summary>
internal abstract record PersonVerdict
{
    private PersonVerdict()
    {
    }

    /// <summary>It goes as it is.</summary>
    public sealed record Send : PersonVerdict
    {
        /// <summary>The only value.</summary>
        public static Send Instance { get; } = new();
    }

    /// <summary>It goes as an event of the person whose the device is, because Customer.io would not merge it any more.</summary>
    public sealed record SendAs(PersonIdentifier Person) : PersonVerdict;

    /// <summary>It does not go, on purpose.</summary>
    public sealed record Skip(SkipReason Reason) : PersonVerdict;

    /// <summary>It does not go, and somebody wants to see it.</summary>
    public sealed record DeadLetter(MappingProblem Problem) : PersonVerdict;
}

/// <summary>What is to be known of an event for that.</summary>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="IsIdentify">Whether it tells facts of a person.</param>
/// <param name="IsOfKnownPerson">Whether it names a person, and not a device only.</param>
/// <param name="HasEmail">Whether it tells the person's e-mail, or an opt-out, which must arrive in any case.</param>
/// <param name="Lifecycle">What it does to the person: deletes, suppresses or lets in again; null when nothing of that kind.</param>
/// <param name="AnonymousAt">When it happened, Unix seconds, where it would be sent as an anonymous event; else null.</param>
internal readonly record struct PersonFacts(
    DateTimeOffset ReceivedAt, bool IsIdentify, bool IsOfKnownPerson, bool HasEmail, LifecycleChange? Lifecycle, long? AnonymousAt)
{
    /// <summary>Whether it erases the person.</summary>
    public bool Erases => Lifecycle is LifecycleChange.Delete or LifecycleChange.Suppress;

    /// <summary>The facts of a mapped event.</summary>
    public static PersonFacts Of(in PersonNamed named, MappingResult result, EventEnvelope envelope)
    {
        IReadOnlyList<TrackApiOperation> operations = (result as MappingResult.Mapped)?.Operations ?? [];
        return new PersonFacts(
            envelope.ReceivedAt,
            named.Event is FreshpaintEvent.Identify,
            named.Identity.Person is not null,
            named.Identity.Email is not null || (named.Event is FreshpaintEvent.Identify given && ReservedAttributes.Of(given, given, groups: false).HoldsOptOut),
            operations.OfType<TrackApiOperation.ChangeLifecycle>().FirstOrDefault()?.Change,
            operations.OfType<TrackApiOperation.TrackEvent>().FirstOrDefault(static track => track.Subject is EventSubject.Anonymous)?.Timestamp);
    }
}

/// <summary>What is remembered of its person, or of its device where it names no person.</summary>
/// <param name="ForgottenUntil">Events received up to then are not sent; null when none were forgotten.</param>
/// <param name="HasEmail">Whether an identify that was delivered here told an e-mail; null when none was.</param>
/// <param name="Claim">Whose the device is; null when nobody's.</param>
internal readonly record struct PersonKnowledge(DateTimeOffset? ForgottenUntil, bool? HasEmail, DeviceClaim? Claim);

/// <summary>
/// Decides whether a person's event may go. Pure. The rows, first match first:
/// <list type="table">
/// <item><term>a delete or suppress</term><description>send</description></item>
/// <item><term>received up to when the person was forgotten</term><description>skip <c>forgotten</c></description></item>
/// <item><term>the end of a suppression</term><description>send</description></item>
/// <item><term>anonymous, the guard on, its device somebody's whose first identify was delivered more than five minutes ago, not after that identify</term><description>send as that person's</description></item>
/// <item><term>of a device only</term><description>send</description></item>
/// <item><term>no identify, nothing remembered of the person, and events may not create people</term><description>skip <c>unknown_person</c></description></item>
/// <item><term>no e-mail in it, and none remembered of the person</term><description>as <c>Mapping__WithoutEmail</c> says</description></item>
/// <item><term>anything else</term><description>send</description></item>
/// </list>
/// </summary>
internal static class PersonRule
{
    /// <summary>
    /// Customer.io merges an anonymous event that it receives up to five minutes after the identify with the same anonymous id
    /// (https://docs.customer.io/journeys/anonymous-events/). Less what an event may take from here to there.
    /// </summary>
    public static readonly TimeSpan MergeWindow = TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(15);

    /// <summary>Decides.</summary>
    public static PersonVerdict Decide(in PersonFacts facts, in PersonKnowledge known, MappingSettings settings, DateTimeOffset now)
    {
        if (facts.Erases)
        {
            return PersonVerdict.Send.Instance;
        }

        if (facts.ReceivedAt <= known.ForgottenUntil)
        {
            return new PersonVerdict.Skip(SkipReason.Forgotten);
        }

        if (facts.Lifecycle is not null)
        {
            return PersonVerdict.Send.Instance;
        }

        if (!facts.IsOfKnownPerson)
        {
            return settings.ClaimAnonymous && facts.AnonymousAt <= known.Claim?.EventSeconds && now - known.Claim!.DeliveredAt > MergeWindow && known.Claim.Person is { } person
                ? new PersonVerdict.SendAs(person)
                : PersonVerdict.Send.Instance;
        }

        if (!settings.EventsMayCreatePeople && !facts.IsIdentify && known.HasEmail is null)
        {
            return new PersonVerdict.Skip(SkipReason.UnknownPerson);
        }

        bool isWithoutEmail = !facts.HasEmail && known.HasEmail != true && (facts.IsIdentify || known.HasEmail == false || IsStrict(settings.WithoutEmail));
        return !isWithoutEmail ? PersonVerdict.Send.Instance : settings.WithoutEmail switch
        {
            WithoutEmailChoice.Send => PersonVerdict.Send.Instance,
            WithoutEmailChoice.Skip or WithoutEmailChoice.SkipUnlessKnown => new PersonVerdict.Skip(SkipReason.NoEmail),
            WithoutEmailChoice.DeadLetter or WithoutEmailChoice.DeadLetterUnlessKnown => new PersonVerdict.DeadLetter(
                new MappingProblem(DeadLetterReason.NoEmail, "email", "the person has no e-mail, and the settings want to see such events")),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>What was mapped, after the answer.</summary>
    public static MappingResult Apply(PersonVerdict verdict, MappingResult mapped) => (verdict, mapped) switch
    {
        (PersonVerdict.Skip skip, _) => new MappingResult.Skipped(skip.Reason) { Warnings = mapped.Warnings },
        (PersonVerdict.DeadLetter dead, MappingResult.Mapped) => new MappingResult.Invalid([dead.Problem]) { Warnings = mapped.Warnings },
        (PersonVerdict.SendAs whose, MappingResult.Mapped sent) => sent with { Operations = [.. sent.Operations.Select(operation => OfPerson(operation, whose.Person))] },
        _ => mapped,
    };

    private static TrackApiOperation OfPerson(TrackApiOperation operation, PersonIdentifier person) =>
        operation is TrackApiOperation.TrackEvent { Subject: EventSubject.Anonymous } track ? track with { Subject = new EventSubject.Known(person) } : operation;

    private static bool IsStrict(WithoutEmailChoice choice) => choice is WithoutEmailChoice.SkipUnlessKnown or WithoutEmailChoice.DeadLetterUnlessKnown;
}
