using System.Text.Json;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Transforming;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Reads <c>on</c>: what a transformation applies to.</summary>
internal static class ScopeReader
{
    private const string Meaning = "what it applies to: \"events\", \"users\", \"all\", or a list of event names";

    /// <summary>Reads a scope; null, and reported, when it is none.</summary>
    public static RuleScope? Read(RulePart part)
    {
        if (part.Required("on", Meaning) is not { } on)
        {
            return null;
        }

        if (on.Json.ValueKind == JsonValueKind.Array)
        {
            return Named(on);
        }

        switch (on.Text())
        {
            case "events":
                return new RuleScope(Events: true, Users: false, null);
            case "users":
                return new RuleScope(Events: false, Users: true, null);
            case "all":
                return new RuleScope(Events: true, Users: true, null);
            case null:
                return null;
            default:
                on.Problem("is none of \"events\", \"users\", \"all\"; one event is a list too: [\"Order Completed\"]");
                return null;
        }
    }

    private static RuleScope? Named(RulePart on)
    {
        IReadOnlyList<NamePattern> names = NamesReader.Patterns(on.Elements(), NeverApplies.UnknownView);
        if (names.Count == 0)
        {
            on.Problem("names no event; for all events write \"events\"");
            return null;
        }

        return new RuleScope(Events: true, Users: false, new NameSet(names));
    }
}
