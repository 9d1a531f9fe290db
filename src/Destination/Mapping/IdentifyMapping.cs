using System.Globalization;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

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
        if (context.Given is FreshpaintEvent.Identify { Head.UserId.IsPresent: false } named
            && identity.Email is null && Identity.ProblemOfIdInTraits(named, context.Settings.PlaceholderIdentifiers) is { } problem)
        {
            context.Problem(DeadLetterReason.InvalidEvent, "traits.userId", $"the user id in the traits {problem}, and nothing else names the person");
            return context.Result();
        }

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

        long seconds = attributes.OwnTimestamp.Kind is not (JsonKind.Missing or JsonKind.Null)
            ? context.EventSeconds(attributes.OwnTimestamp, "traits._timestamp")
            : context.EventSeconds(identify.Head.Time);
        return Math.Min(seconds, context.ReceivedSeconds);
    }
}

/// <summary>Tells which built-in facts (<c>$…</c>, advertising ids) of a person were left out, because no rule and no allow list names them.</summary>
internal static class BuiltInFacts
{
    private const int MaxNamesTold = 10;

    /// <summary>Tells it, of the facts of an identify. What the envelope itself reads (<c>$device_id</c>, <c>$email</c>, …) was not left out.</summary>
    public static void Tell(FreshpaintEvent.Identify ruled, MappingContext context)
    {
        if (context.Given is not FreshpaintEvent.Identify given)
        {
            return;
        }

        List<Utf8Text>? left = null;
        Collect(given.Traits.Primary, given, ruled, context, ref left);
        if (given.Traits.Names == PropertyNames.Webhook)
        {
            Collect(given.Traits.Secondary, given, ruled, context, ref left);
        }

        if (left is not null)
        {
            string names = string.Join(", ", left.Take(MaxNamesTold).Select(FieldName.Harmless));
            string more = left.Count > MaxNamesTold ? ", …" : "";
            context.Warn(WarningCode.BuiltInLeftOut, AttributeMembers.Traits, string.Create(CultureInfo.InvariantCulture, $"{left.Count} built-in left out: {names}{more}"));
        }
    }

    private static void Collect(JsonValue facts, FreshpaintEvent.Identify given, FreshpaintEvent.Identify ruled, MappingContext context, ref List<Utf8Text>? left)
    {
        foreach (JsonMember member in facts.Members)
        {
            Utf8Text name = member.Name;
            if (ReservedNames.IsBuiltIn(name.Span) && !IsRead(member, given) && !ruled.Traits[name.Span].IsPresent && !IsSentByRule(name, given, context))
            {
                (left ??= []).Add(name);
            }
        }
    }

    private static bool IsRead(in JsonMember member, FreshpaintEvent.Identify given)
    {
        ReadOnlySpan<byte> name = member.Name.Span;
        return name.SequenceEqual("$user_props"u8) || name.SequenceEqual("$device_id"u8) || name.SequenceEqual("$insert_id"u8)
            || (name.SequenceEqual("$email"u8) && !IsAnotherThanEmail(member.Value, given));
    }

    // One that can't be read, and one that stands alone, are told where the e-mail is read.
    private static bool IsAnotherThanEmail(JsonValue builtIn, FreshpaintEvent.Identify given) =>
        EmailText.Read(given.Traits["email"u8], out Utf8Text address) is not (EmailReading.None or EmailReading.Unreadable)
        && (EmailText.Read(builtIn, out Utf8Text other) == EmailReading.Unreadable || (builtIn.Kind == JsonKind.String && other != address));

    private static bool IsSentByRule(Utf8Text name, FreshpaintEvent.Identify given, MappingContext context) =>
        context.Rules.Plans.For(given).Steps.Any(step => step.Operation is Operation.SendBuiltIn { Source.InContext: false } sent && sent.Source.Path.Head.Equals(name));
}
