using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>Decides who an event is about, and reports identifiers that can't be used (mapping.md 1, "Identity").</summary>
internal static class IdentityMapping
{
    /// <summary>Who the event is about; what is wrong with its identifiers is told to the context.</summary>
    public static Identity Of(FreshpaintEvent source, MappingContext context) => context.Identity ??= Find(source, context);

    /// <summary>Tells of an identifier that can't be used, or that stands for none.</summary>
    public static void Report(Identifier identifier, string field, MappingContext context)
    {
        if (identifier.WasPlaceholder)
        {
            context.Warn(WarningCode.IdentifierPlaceholder, field, "it is a word that stands for no identifier and counts as absent");
        }

        if (identifier.Problem is { } problem)
        {
            context.Problem(DeadLetterReason.InvalidEvent, field, $"{field} {problem}");
        }
    }

    private static Identity Find(FreshpaintEvent source, MappingContext context)
    {
        EventHead head = source.Head;
        Report(head.UserId, "userId", context);
        if (head.DeviceId.Problem is { } unreadable && HoldsOptOut(source, context))
        {
            context.Warn(WarningCode.ReservedName, "anonymousId", $"it {unreadable}; it was left out");
        }
        else
        {
            Report(head.DeviceId, "anonymousId", context);
        }

        // Where the rules have the last word, what the event itself told is only looked at for its warnings.
        FreshpaintEvent teller = context.RuledEmail is null ? source : context.Given;
        Utf8Text? told = Identity.ToldEmail(teller, context.Settings, ref context.Warnings) ?? Identity.EmailInUserId(head);
        Utf8Text? email = context.RuledEmail is { } ruled ? ruled.Address : told;
        Utf8Text? userId = head.UserId.IsPresent ? head.UserId.Text : null;
        if (Identity.Choose(userId, email, context.Settings) is not { } value)
        {
            return new Identity(null, email);
        }

        if (value.Length > TrackApiLimits.PersonIdBytes)
        {
            context.OverLimit(value == userId ? "userId" : "email", "the person's identifier", TrackApiLimits.PersonIdBytes, value.Length);
        }

        var person = PersonIdentifier.ByShape(value);
        if (person.Kind == PersonIdentifierKind.CioId && context.Envelope.FromBrowser)
        {
            context.Problem(DeadLetterReason.InvalidEvent, "userId", "the person is named by an id of Customer.io's own, which is not taken from browsers");
        }
        else if (person.Kind == PersonIdentifierKind.CioId)
        {
            context.Warn(WarningCode.CustomerIoId, "userId", "the user id starts with cio_: Customer.io reads it as its own id and silently drops unknown ones");
        }

        return new Identity(person, email);
    }

    // An opt-out must arrive, whatever stands beside the name of the person; from a browser it is none.
    private static bool HoldsOptOut(FreshpaintEvent source, MappingContext context) =>
        source is FreshpaintEvent.Identify identify && !context.IsRestricted && ReservedAttributes.Of(identify, context.Given, context.Rules.Groups).HoldsOptOut;
}
