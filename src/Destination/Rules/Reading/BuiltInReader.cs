using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Transforming;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Reads the operation <c>sendBuiltInProperty</c>.</summary>
internal static class BuiltInReader
{
    /// <summary>Reads it; null, and reported, when it is none.</summary>
    public static Operation.SendBuiltIn? Read(RulePart part)
    {
        if (part.Required("property", "the built-in property, for instance $ip") is not { } property || NamesReader.Path(property) is not { } source)
        {
            return null;
        }

        bool inContext = source.Segments.Length > 1 && source.Head.Span.SequenceEqual("context"u8);
        if (Array.Exists(source.Segments, segment => segment.IsEach) || (!inContext && (source.Segments.Length > 1 || !ReservedNames.IsBuiltIn(source.Head.Span))))
        {
            property.Problem("is no built-in property; a name with a leading $, an advertising id, or a path that starts with \"context.\", was expected");
            return null;
        }

        PropertyPath? to = part.Member("to") is { } target ? NamesReader.Property(target) : inContext ? null : source;
        if (to is null && part.Member("to") is null)
        {
            part.Problem("has no \"to\": the name under which a fact of the context is sent");
        }
        else if (to is { ArrayPart: > 0 })
        {
            part.Member("to")!.Value.Problem("has a [*]; one property was expected");
        }

        return to is null ? null : new Operation.SendBuiltIn(new BuiltIn(source, inContext), to);
    }
}
