using System.Globalization;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

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
            if (ReservedNames.IsBuiltIn(name.Span) && !IsRead(name.Span) && !ruled.Traits[name.Span].IsPresent && !IsSentByRule(name, given, context))
            {
                (left ??= []).Add(name);
            }
        }
    }

    private static bool IsRead(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("$user_props"u8) || name.SequenceEqual("$device_id"u8) || name.SequenceEqual("$insert_id"u8) || name.SequenceEqual("$email"u8);

    private static bool IsSentByRule(Utf8Text name, FreshpaintEvent.Identify given, MappingContext context) =>
        context.Rules.Plans.For(given).Steps.Any(step => step.Operation is Operation.SendBuiltIn { Source.InContext: false } sent && sent.Source.Path.Head.Equals(name));
}
