using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>Decides who an event is about, and reports identifiers that can't be used (mapping.md 1, "Identity").</summary>
internal static class IdentityMapping
{
    /// <summary>Who the event is about; what is wrong with its identifiers is told to the context.</summary>
    public static Identity Of(FreshpaintEvent source, MappingContext context)
    {
        EventHead head = source.Head;
        Report(head.UserId, "userId", context);
        Report(head.DeviceId, "anonymousId", context);

        Utf8Text? email = context.RuledEmail is { } ruled ? ruled.Address : Identity.EmailOf(source, context.Settings);
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
        if (person.Kind == PersonIdentifierKind.CioId)
        {
            context.Warn("customerio_id", "userId", "the user id starts with cio_: Customer.io reads it as its own id and silently drops unknown ones");
        }

        return new Identity(person, email);
    }

    private static void Report(Identifier identifier, string field, MappingContext context)
    {
        if (identifier.Problem is { } problem)
        {
            context.Problem(DeadLetterReason.InvalidEvent, field, $"{field} {problem}");
        }
    }
}
