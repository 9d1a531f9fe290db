using System.Globalization;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>
/// An alias merges two people: who has the user id stays, who had the previous id is gone. A previous id that is the device's is nobody's: then the device's
/// anonymous events are given to the person, as by an identify.
/// </summary>
internal static class AliasMapping
{
    /// <summary>Maps an alias.</summary>
    public static MappingResult Map(FreshpaintEvent.Alias alias, MappingContext context)
    {
        EventHead head = alias.Head;
        Identity identity = IdentityMapping.Of(alias, context);
        if (PrimaryOf(head, identity) is not { } primary)
        {
            if (!context.HasProblems && head.DeviceId.IsPresent)
            {
                return context.Skipped(SkipReason.Unidentified);
            }

            if (!context.HasProblems)
            {
                context.Problem(DeadLetterReason.MissingIdentifier, "userId", "the alias has neither a user id nor an e-mail");
            }

            return context.Result();
        }

        if (primary.Value.Length > TrackApiLimits.PersonIdBytes && primary != identity.Person)
        {
            context.OverLimit("userId", "the person's identifier", TrackApiLimits.PersonIdBytes, primary.Value.Length);
        }

        Identifier previous = alias.PreviousId;
        IdentityMapping.Report(previous, "previousId", context);
        if (!previous.IsPresent)
        {
            if (previous.Problem is null)
            {
                context.Problem(DeadLetterReason.InvalidEvent, "previousId", "the alias has no previous id");
            }

            return context.Result();
        }

        return previous.Text == head.DeviceId.Text ? Claim(head, primary, context) : Merge(primary, PersonIdentifier.ByShape(previous.Text), context);
    }

    // The name that stays is the one the sender gave, whatever the settings name people by.
    private static PersonIdentifier? PrimaryOf(EventHead head, Identity identity) =>
        head.UserId.IsPresent ? PersonIdentifier.ByShape(head.UserId.Text) : identity.Person;

    private static MappingResult Merge(PersonIdentifier primary, PersonIdentifier secondary, MappingContext context)
    {
        if (primary.IsSamePerson(secondary))
        {
            string same = primary == secondary ? "is the user id" : "is the person's e-mail, which Customer.io compares without case";
            context.Problem(DeadLetterReason.InvalidEvent, "previousId", $"the previous id {same}: there is nothing to merge");
        }

        if (secondary.Value.Length > TrackApiLimits.PersonIdBytes)
        {
            context.OverLimit("previousId", "the person's identifier", TrackApiLimits.PersonIdBytes, secondary.Value.Length);
        }

        if (context.HasProblems)
        {
            return context.Result();
        }

        TimeSpan? repeatAfter = context.Envelope.IsRepeat ? null : context.Settings.RepeatMergeAfter;
        if (repeatAfter is { } later)
        {
            context.Warn(WarningCode.MergeRepeats, "previousId", $"the merge is sent once more, {later.ToString("c", CultureInfo.InvariantCulture)} after it was delivered");
        }
        else if (context.Envelope.IsRepeat)
        {
            context.Warn(WarningCode.MergeRepeated, "previousId", "the merge was sent before, and is sent this once more");
        }

        var merge = (MappingResult.Mapped)context.Result(new TrackApiOperation.MergePeople(primary, secondary));
        return merge with { RepeatAfter = repeatAfter };
    }

    private static MappingResult Claim(EventHead head, PersonIdentifier person, MappingContext context)
    {
        if (!context.Settings.AnonymousId || !context.Rules.Anonymous)
        {
            return context.Skipped(SkipReason.NotEnabled, context.Rules.Anonymous ? null : "anonymous");
        }

        var members = new AttributeMembers(context, holdsOptOut: false);
        members.Begin("anonymous_id"u8);
        context.Output.WriteString(head.DeviceId.Text.Span);
        if (!context.Settings.MayCreatePeople)
        {
            members.Begin("_update"u8);
            context.Output.WriteBoolean(true);
        }

        long? timestamp = context.Settings.AsOfNow || context.Envelope.AsOfNow ? null : Math.Min(context.EventSeconds(head.Time), context.ReceivedSeconds);
        return context.Result(new TrackApiOperation.IdentifyPerson(person, new Utf8Text(context.Output.Take()), null, timestamp));
    }
}
