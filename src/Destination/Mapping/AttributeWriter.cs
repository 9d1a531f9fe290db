using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>A person's attributes, written and checked.</summary>
/// <param name="Members">The JSON members without the braces.</param>
/// <param name="Relationships">What <c>cio_relationships</c> says; null for nothing.</param>
/// <param name="OwnTimestamp">The sender's own <c>_timestamp</c>; missing as a rule.</param>
internal readonly record struct PersonAttributes(Utf8Text Members, PersonRelationships? Relationships, JsonValue OwnTimestamp);

/// <summary>
/// Writes a person's attributes: first those with a meaning of their own at Customer.io, then the others, measured one by one as they are
/// sent, so that one oversized trait neither slips through nor takes the whole identify with it unnoticed.
/// </summary>
internal static class AttributeWriter
{
    /// <summary>Writes the attributes of an identify.</summary>
    public static PersonAttributes Write(FreshpaintEvent.Identify identify, PersonIdentifier person, Utf8Text? email, MappingContext context)
    {
        var reserved = ReservedAttributes.Of(identify, context.Given, context.Rules.Groups);
        var members = new AttributeMembers(context, reserved.HoldsOptOut && !context.IsRestricted);
        var reservedWriter = new ReservedAttributeWriter(identify, reserved, members, context);
        PersonRelationships? relationships = PersonRelationshipsReader.Read(reserved, members, context);
        reservedWriter.Write(person, email);
        int identifiers = reservedWriter.Identifiers;

        // _timestamp and cio_relationships are keys of the body too.
        int extra = (context.Settings.AsOfNow || context.Envelope.AsOfNow ? 0 : 1) + (relationships is null ? 0 : 1);
        AttributeMembers.Position afterReserved = members.Mark();
        WriteOthers(identify, reserved, members, context, int.MaxValue);
        int total = members.Count + extra;
        if (total > TrackApiLimits.AttributesPerIdentify)
        {
            if (members.Choice(context.Limits.AttributeCount) == OverLimit.DeadLetter)
            {
                context.OverLimit(AttributeMembers.Traits, "the identify", TrackApiLimits.AttributesPerIdentify, total, "attributes");
            }
            else
            {
                members.Repeat(afterReserved);
                WriteOthers(identify, reserved, members, context, TrackApiLimits.AttributesPerIdentify - extra);
                context.Warn(WarningCode.AttributesDropped, AttributeMembers.Traits, $"the identify had {total} attributes; the first {TrackApiLimits.AttributesPerIdentify} are sent");
            }
        }

        if (reserved.Facts == 0 && members.Count == identifiers && !context.HasProblems)
        {
            context.Warn(WarningCode.IdentifyWithoutFacts, AttributeMembers.Traits, "the identify tells identifiers and time only");
        }

        BuiltInFacts.Tell(identify, context);
        return new PersonAttributes(new Utf8Text(context.Output.Take()), relationships, reserved.Timestamp);
    }

    private static void WriteOthers(FreshpaintEvent.Identify identify, in ReservedAttributes reserved, AttributeMembers members, MappingContext context, int maxCount)
    {
        int dotted = maxCount == int.MaxValue || context.IsRestricted ? 0 : CountDotted(identify);
        foreach (Property property in identify.Traits)
        {
            ReadOnlySpan<byte> name = property.Name.Span;
            if (reserved.Holds(name))
            {
                continue;
            }

            if (name.StartsWith("cio_subscription_preferences."u8))
            {
                if (context.IsRestricted && property.Value.Kind != JsonKind.Null)
                {
                    members.LeftOut(property.Name);
                    continue;
                }

                WriteDotted(property, members);
                dotted -= CountDotted(property);
            }
            else if (Utf8Scan.IsBlank(name))
            {
                members.Warn(WarningCode.NameBlank, AttributeMembers.Traits, "an attribute has a blank name and was left out");
            }
            else if (name.StartsWith("_"u8) || name.StartsWith("cio_"u8))
            {
                members.Warn(WarningCode.ReservedName, FieldName.Of(AttributeMembers.Traits, property.Name), "the name is Customer.io's own; it was left out");
            }
            else if (maxCount == int.MaxValue || members.Count + dotted < maxCount)
            {
                members.WriteAttribute(property);
            }
        }
    }

    private static int CountDotted(FreshpaintEvent.Identify identify)
    {
        int count = 0;
        foreach (Property property in identify.Traits)
        {
            count += property.Name.Span.StartsWith("cio_subscription_preferences."u8) ? CountDotted(property) : 0;
        }

        return count;
    }

    private static int CountDotted(Property property)
    {
        if (!HoldsSwitches(property))
        {
            return property.Value.Kind == JsonKind.Null ? 0 : 1;
        }

        int count = 0;
        foreach (JsonMember _ in property.Value.Members)
        {
            count++;
        }

        return count;
    }

    // Some senders' libraries put the last name of a dotted key into an object of its own: it is each of its members that is on or off.
    private static void WriteDotted(Property property, AttributeMembers members)
    {
        if (HoldsSwitches(property))
        {
            foreach (JsonMember member in property.Value.Members)
            {
                members.WriteSubscription([.. property.Name.Span, (byte)'.', .. member.Name.Span], member.Value);
            }
        }
        else if (property.Value.Kind != JsonKind.Null)
        {
            members.WriteSubscription(property.Name.Span, property.Value);
        }
    }

    private static bool HoldsSwitches(Property property) => property.Value.Kind == JsonKind.Object
        && (property.Name.Span.SequenceEqual("cio_subscription_preferences.topics"u8) || property.Name.Span.SequenceEqual("cio_subscription_preferences.channels"u8));
}
