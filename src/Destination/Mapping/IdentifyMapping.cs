using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Mapping;

/// <summary>An identify becomes the person's attributes. One of a device only has nobody to give them to.</summary>
internal static class IdentifyMapping
{
    /// <summary>Maps an identify.</summary>
    public static MappingResult Map(FreshpaintEvent.Identify identify, MappingContext context)
    {
        Identity identity = IdentityMapping.Of(identify, context);
        if (identity.Person is not { } person)
        {
            return context.HasProblems ? context.Result() : WithoutPerson(identify, identity, context);
        }

        var attributes = AttributeWriter.Write(identify, person, identity.Email, context);
        long? timestamp = Timestamp(identify, attributes, context);
        return context.HasProblems
            ? context.Result()
            : context.Result(new TrackApiOperation.IdentifyPerson(person, attributes.Members, attributes.Relationships, timestamp));
    }

    private static MappingResult WithoutPerson(FreshpaintEvent.Identify identify, Identity identity, MappingContext context)
    {
        // An e-mail that the settings or the rules don't let name anybody is their decision; one that is none is the sender's mistake.
        if (identity.Email is null && context.Given is FreshpaintEvent.Identify given && Identity.IsNamedUnusably(given, context.Settings.PlaceholderIdentifiers))
        {
            context.Problem(DeadLetterReason.InvalidEvent, "email", "the identify names somebody by an e-mail that is no e-mail address, and by nothing else");
            return context.Result();
        }

        if (!identify.Head.DeviceId.IsPresent)
        {
            context.Problem(DeadLetterReason.MissingIdentifier, "userId", "the identify has neither a user id, an e-mail nor a device id");
            return context.Result();
        }

        if (context.Settings.UnidentifiedIdentify == UnidentifiedIdentifyChoice.Skip)
        {
            return context.Skipped(SkipReason.Unidentified);
        }

        context.Problem(DeadLetterReason.Unidentified, "userId", "the identify has a device id only; Customer.io keeps no attributes of anonymous people");
        return context.Result();
    }

    // Never from the future: it would make Customer.io drop every later update until then.
    private static long? Timestamp(FreshpaintEvent.Identify identify, PersonAttributes attributes, MappingContext context)
    {
        if (context.Settings.AsOfNow || context.Envelope.AsOfNow)
        {
            return null;
        }

        long seconds = attributes.OwnTimestamp.IsPresent
            ? context.EventSeconds(attributes.OwnTimestamp, "traits._timestamp")
            : context.EventSeconds(identify.Head.Time);
        return Math.Min(seconds, context.ReceivedSeconds);
    }
}
