using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Reads one entry of <c>transformations</c>.</summary>
internal static class TransformationReader
{
    private const int MaxConstantDepth = 8;

    private static readonly Dictionary<string, string[]> Operations = new(StringComparer.Ordinal)
    {
        ["renameEvent"] = ["to"],
        ["renameProperty"] = ["property", "to"],
        ["copyProperty"] = ["property", "to"],
        ["changePropertyType"] = ["property", "type"],
        ["uppercase"] = ["property"],
        ["lowercase"] = ["property"],
        ["trim"] = ["property"],
        ["deleteProperty"] = ["property"],
        ["sendBuiltInProperty"] = ["property", "to"],
        ["sendConstantProperty"] = ["property", "value"],
        ["template"] = ["property", "template"],
        ["hashProperty"] = ["property", "algorithm"],
        ["stripQuery"] = ["property"],
        ["dropEvent"] = [],
    };

    private static readonly Dictionary<string, Func<IValueEdit>> Types = new(StringComparer.Ordinal)
    {
        ["text"] = () => new ToText(),
        ["number"] = () => new ToNumber(),
        ["boolean"] = () => new ToBoolean(),
    };

    /// <summary>Reads a transformation; null, and reported, when it is none.</summary>
    public static Transformation? Read(RulePart part, Secret? hashSecret)
    {
        string? code = part.Member("operation")?.Text();
        if (code is null || !Operations.TryGetValue(code, out string[]? keys))
        {
            if (part.IsObject(["operation", "on", "when", "name", .. Operations.Values.SelectMany(known => known).Distinct(StringComparer.Ordinal)])
                && part.Required("operation", $"one of {string.Join(", ", Operations.Keys)}") is { } unknown && code is not null)
            {
                unknown.Problem($"is none of {string.Join(", ", Operations.Keys)}");
            }

            return null;
        }

        int before = part.Problems.Count;
        part.IsObject(["operation", "on", .. keys, "when", "name"]);
        RuleScope? scope = ScopeReader.Read(part);
        Operation? operation = Operation(code, part, scope, hashSecret);
        Condition? when = part.Member("when") is { } condition ? ConditionReader.Read(condition) : null;
        string? name = part.Member("name")?.Text();

        // Half of what was meant is not compared with the others: that would report conflicts which are none.
        return scope is null || operation is null || part.Problems.Count > before ? null : new Transformation(part.Path, name, scope, operation, when);
    }

    private static Operation? Operation(string code, RulePart part, RuleScope? scope, Secret? hashSecret) => code switch
    {
        "renameEvent" => RenameEvent(part, scope),
        "renameProperty" => Move(part, "the property to rename") is var (from, to) ? new Operation.RenameProperty(from, to) : null,
        "copyProperty" => Move(part, "the property to copy") is var (source, copy) ? new Operation.CopyProperty(source, copy) : null,
        "changePropertyType" => Edit(code, part, Type(part)),
        "uppercase" => Edit(code, part, new ChangeCase(upper: true)),
        "lowercase" => Edit(code, part, new ChangeCase(upper: false)),
        "trim" => Edit(code, part, new TrimText()),
        "deleteProperty" => Paths(part, NamesReader.Property) is { } paths ? new Operation.DeleteProperty(paths) : null,
        "sendBuiltInProperty" => BuiltInReader.Read(part),
        "sendConstantProperty" => Constant(part),
        "template" => TemplateReader.Read(part),
        "hashProperty" => Edit(code, part, Hash(part, hashSecret)),
        "stripQuery" => part.Member("property") is null ? new Operation.StripQueries() : Edit(code, part, new StripQuery()),
        _ => Drop(part),
    };

    private static Operation.RenameEvent? RenameEvent(RulePart part, RuleScope? scope)
    {
        if (scope is not null && (scope.Users || scope.Names is null || scope.Names.All.Any(name => name.IsAny)))
        {
            part.Problem("renames without naming events; \"on\" must list names or patterns, else every event would get one name");
        }
        else if (scope?.Names is { } names && (names.Matches(RuleScope.PageName) || names.Matches(RuleScope.ScreenName)))
        {
            part.Problem("renames page or screen views; they are named by their URL or screen, not by an event name");
        }

        string? to = part.Required("to", "the new name")?.Text();
        if (to is not null && Utf8Text.Of(to).Length > TrackApiLimits.EventNameBytes)
        {
            part.Member("to")!.Value.Problem($"has {Utf8Text.Of(to).Length} bytes; Customer.io takes at most {TrackApiLimits.EventNameBytes}");
        }

        return to is null ? null : new Operation.RenameEvent(Utf8Text.Of(to));
    }

    private static (PropertyPath From, PropertyPath To)? Move(RulePart part, string meaning)
    {
        PropertyPath? from = part.Required("property", meaning) is { } property ? NamesReader.Property(property) : null;
        PropertyPath? to = part.Required("to", "the new name") is { } target ? NamesReader.Property(target) : null;
        if (from is null || to is null)
        {
            return null;
        }

        if (from.Segments.AsSpan().SequenceEqual(to.Segments))
        {
            part.Member("to")!.Value.Problem("is the property's own name");
        }
        else if (from.ArrayPart != to.ArrayPart || !from.Segments.AsSpan(0, from.ArrayPart).SequenceEqual(to.Segments.AsSpan(0, to.ArrayPart)))
        {
            part.Member("to")!.Value.Problem($"leads to another array; up to the last [*] both must be the same, for instance {ExampleTarget(from)}");
        }

        return (from, to);
    }

    private static string ExampleTarget(PropertyPath from) => from.ArrayPart == 0 ? "total" : from.Text[..(from.Text.LastIndexOf("[*]", StringComparison.Ordinal) + 3)] + ".name";

    private static Operation.EditProperty? Edit(string code, RulePart part, IValueEdit? edit) =>
        Paths(part, NamesReader.Path) is { } paths && edit is not null ? new Operation.EditProperty(code, paths, edit) : null;

    private static PropertyPath[]? Paths(RulePart part, Func<RulePart, PropertyPath?> read)
    {
        if (part.Required("property", "the property, or a list of them") is not { } property)
        {
            return null;
        }

        return [.. property.OneOrMore("property").Select(read).OfType<PropertyPath>()];
    }

    private static IValueEdit? Type(RulePart part) =>
        part.Required("type", "text, number or boolean") is { } type && type.Text() is { } word
            ? Types.TryGetValue(word, out Func<IValueEdit>? edit) ? edit() : Unknown(type, string.Join(", ", Types.Keys))
            : null;

    private static Hash? Hash(RulePart part, Secret? secret)
    {
        RulePart? algorithm = part.Member("algorithm");
        switch (algorithm is { } given ? given.Text() : "hmacSha256")
        {
            case "hmacSha256" when secret is null:
                part.Problem("needs the setting Rules__HashSecret, which is not set; without a secret, \"algorithm\": \"sha256\" is possible, but likely values can be guessed from it");
                return null;
            case "hmacSha256":
                return new Hash(secret);
            case "sha256":
                return new Hash(null);
            case null:
                return null;
            default:
                algorithm!.Value.Problem("is none of hmacSha256, sha256");
                return null;
        }
    }

    private static Operation.SendConstant? Constant(RulePart part)
    {
        PropertyPath? path = part.Required("property", "the property to set") is { } property ? NamesReader.Property(property) : null;
        if (part.Required("value", "the value to send") is not { } value)
        {
            return null;
        }

        if (Depth(value.Json) > MaxConstantDepth)
        {
            value.Problem($"is nested more than {MaxConstantDepth} deep");
            return null;
        }

        return path is null ? null : new Operation.SendConstant(path, ConstantReader.Read(value.Json));
    }

    private static int Depth(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => 1 + json.EnumerateObject().Select(member => Depth(member.Value)).DefaultIfEmpty().Max(),
        JsonValueKind.Array => 1 + json.EnumerateArray().Select(Depth).DefaultIfEmpty().Max(),
        _ => 0,
    };

    private static Operation.DropEvent Drop(RulePart part)
    {
        part.Required("when", "which events to drop; to drop all of a name, leave them out of events.enabled");
        return new Operation.DropEvent();
    }

    private static IValueEdit? Unknown(RulePart part, string words)
    {
        part.Problem($"is none of {words}");
        return null;
    }
}
