using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Text;

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
        ["group"] = EventKind.Group,
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
        if (part.Member("kind")?.Words(Kinds) is { Count: > 0 } kinds)
        {
            conditions.Add(new Condition.OfKind(kinds));
        }

        if (part.Member("page") is { } page)
        {
            conditions.Add(new Condition.OnPage(new NameSet([.. NamesReader.Patterns(page.OneOrMore("page"), NoPath).Select(pattern => NamePattern.Of(PagePath.Normal(Utf8Text.Of(pattern.Text)).ToString()))])));
        }

        if (part.Member("source")?.Words(Sources) is { Count: > 0 } sources)
        {
            conditions.Add(new Condition.FromSource(sources.Aggregate(EventSources.None, (all, one) => all | one)));
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

    private static Condition[] Several(RulePart list, int depth) =>
        [.. list.AtLeastOne("condition").Select(part => Read(part, depth + 1)).OfType<Condition>()];

    // What is compared with a pattern is always a path: a pattern for anything else would never match, and a rule that keeps pages in would let them out.
    private static string? NoPath(NamePattern pattern)
    {
        string text = pattern.Text;
        int host = text.IndexOf("://", StringComparison.Ordinal);
        if (host >= 0)
        {
            int path = text.IndexOf('/', host + 3);
            return $"\"{text}\" never matches: it is compared with the path of a page, as in \"{(path < 0 ? "/" : text[path..])}\"";
        }

        return text[0] is not ('/' or '*') ? $"\"{text}\" never matches: the path of a page begins with /, as in \"/{text}\""
            : text.AsSpan().ContainsAny('?', '#') ? $"\"{text}\" never matches: the path of a page ends before ? and #"
            : null;
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
            bool isThere = part.Flag("exists", true);
            conditions.Add(isThere ? exists : new Condition.Not(exists));
            if (!isThere && tests.Length > 1)
            {
                part.Problem($"asks for a value of \"{path.Text}\" and that there is none, which never holds");
            }
        }
    }
}
