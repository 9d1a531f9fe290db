using System.Text.Json;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Transforming;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Reads <c>when</c>. An object holds when everything in it does.</summary>
internal static class ConditionReader
{
    private const int MaxDepth = 10;

    private static readonly string[] Keys = ["property", .. ValueTestReader.Keys, "kind", "page", "source", "all", "any", "not"];

    private static readonly Dictionary<string, EventKind> Kinds = new(StringComparer.Ordinal)
    {
        ["track"] = EventKind.Track,
        ["page"] = EventKind.Page,
        ["screen"] = EventKind.Screen,
        ["identify"] = EventKind.Identify,
    };

    private static readonly Dictionary<string, EventSources> Sources = new(StringComparer.Ordinal)
    {
        ["web"] = EventSources.Web,
        ["mobile"] = EventSources.Mobile,
        ["server"] = EventSources.Server,
    };

    /// <summary>Reads a condition; null, and reported, when it is none.</summary>
    public static Condition? Read(RulePart part, int depth = 1)
    {
        if (!part.IsObject(Keys))
        {
            return null;
        }

        if (depth > MaxDepth)
        {
            part.Problem($"is nested more than {MaxDepth} deep");
            return null;
        }

        var conditions = new List<Condition>();
        AddProperty(part, conditions);
        if (part.Member("kind") is { } kind)
        {
            conditions.Add(new Condition.OfKind(kind.Words(Kinds)));
        }

        if (part.Member("page") is { } page)
        {
            conditions.Add(new Condition.OnPage(new NameSet(NamesReader.Patterns(page.OneOrMore()))));
        }

        if (part.Member("source") is { } source)
        {
            conditions.Add(new Condition.FromSource(source.Words(Sources).Aggregate(EventSources.None, (all, one) => all | one)));
        }

        if (part.Member("all") is { } all)
        {
            conditions.Add(new Condition.All(Several(all, depth)));
        }

        if (part.Member("any") is { } any)
        {
            conditions.Add(new Condition.Any(Several(any, depth)));
        }

        if (part.Member("not") is { } not && Read(not, depth + 1) is { } denied)
        {
            conditions.Add(new Condition.Not(denied));
        }

        if (!part.Json.EnumerateObject().Any())
        {
            part.Problem("asks for nothing; give \"property\" with a test, \"kind\", \"page\", \"source\", \"all\", \"any\" or \"not\"");
        }

        return conditions.Count == 1 ? conditions[0] : new Condition.All(conditions);
    }

    private static Condition[] Several(RulePart list, int depth)
    {
        IReadOnlyList<RulePart> parts = list.Elements();
        if (parts.Count == 0 && list.Json.ValueKind == JsonValueKind.Array)
        {
            list.Problem("is empty; at least one condition was expected");
        }

        return [.. parts.Select(part => Read(part, depth + 1)).OfType<Condition>()];
    }

    private static void AddProperty(RulePart part, List<Condition> conditions)
    {
        string[] tests = [.. ValueTestReader.Keys.Where(test => part.Member(test) is not null)];
        if (part.Member("property") is not { } property)
        {
            if (tests.Length > 0)
            {
                part.Problem($"has \"{tests[0]}\" but no \"property\" to look at");
            }

            return;
        }

        if (tests.Length == 0)
        {
            part.Problem($"has a \"property\" but no test; give one of {string.Join(", ", ValueTestReader.Keys)}");
        }

        if (NamesReader.Path(property) is not { } path)
        {
            return;
        }

        conditions.AddRange(ValueTestReader.Read(part).Select(test => new Condition.OfProperty(path, test)));
        if (part.Member("exists") is not null)
        {
            var exists = new Condition.OfProperty(path, new ValueTest.Exists());
            conditions.Add(part.Flag("exists", true) ? exists : new Condition.Not(exists));
        }
    }
}
