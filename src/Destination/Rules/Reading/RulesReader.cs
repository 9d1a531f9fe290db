using System.Text.Json;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Reads the whole file and collects every problem in it.</summary>
internal static class RulesReader
{
    /// <summary>The most transformations a file may have.</summary>
    public const int MaxTransformations = 1_000;

    private static readonly string[] Keys =
        ["$schema", "identify", "pages", "screens", "groups", "anonymous", "aliases", "devices", "objects", "lifecycle", "events", "sources", "transformations", "allowMessageOverrides", "privacy"];

    /// <summary>Reads rules.</summary>
    public static Checked<DestinationRules> Read(JsonElement root, Secret? hashSecret)
    {
        var problems = new List<Problem>();
        var file = new RulePart(root, "", problems);
        if ((root.ValueKind == JsonValueKind.Object && !file.IsUnicode()) || !file.IsObject(Keys))
        {
            return new Checked<DestinationRules>.Invalid("The rules", problems);
        }

        List<Transformation> transformations = Transformations(file, hashSecret);
        AllowListReader? allowed = AllowListReader.Read(file);
        (NameSet? enabled, NameSet? disabled) = Events(file);
        var roles = new RolesReader(file, enabled, disabled);
        var rules = new DestinationRules
        {
            Identify = file.Flag("identify", true),
            Pages = file.Flag("pages", true),
            Screens = file.Flag("screens", true),
            Groups = file.Flag("groups", true),
            Aliases = file.Flag("aliases", false),
            Anonymous = file.Flag("anonymous", true),
            AllowMessageOverrides = file.Flag("allowMessageOverrides", false),
            TransformationCount = transformations.Count,
            EnabledEvents = enabled,
            DisabledEvents = disabled,
            Roles = roles.Read(),
            LifecycleSources = roles.Sources,
            Sources = Sources(file),
            Plans = new RulePlans(transformations),
            Privacy = allowed?.List,
        };
        RuleConflicts.Find(transformations, rules, problems);
        var warnings = new List<Problem>();
        if (transformations.Count == Count(file))
        {
            // One that could not be read may be what gives an event its name.
            allowed?.Check(transformations, rules, warnings);
        }

        return problems.Count == 0 ? new Checked<DestinationRules>.Valid(rules) { Warnings = warnings } : new Checked<DestinationRules>.Invalid("The rules", problems);
    }

    private static (NameSet? Enabled, NameSet? Disabled) Events(RulePart file)
    {
        if (file.Member("events") is not { } events || !events.IsObject("enabled", "disabled"))
        {
            return default;
        }

        NameSet? disabled = events.Member("disabled") is { } off ? new NameSet(NamesReader.Patterns(off.Elements(), NoTrack)) : null;
        if (events.Member("enabled") is { } on)
        {
            return (new NameSet(NamesReader.Patterns(on.Elements(), name => NoTrack(name) ?? Disabled(name, disabled))), disabled);
        }

        if (disabled is null)
        {
            events.Problem("names nothing; give \"enabled\", the events to send, or \"disabled\", those never sent, by name or pattern");
        }

        return (null, disabled);
    }

    private static string? Disabled(NamePattern name, NameSet? disabled) =>
        disabled?.Covers(new NameSet([name])) == true ? $"\"{name.Text}\" is in events.disabled too, so it is never sent" : null;

    private static string? NoTrack(NamePattern name) => !name.Text.StartsWith('$') ? null : $"\"{name.Text}\" is no track: " + name.Text switch
    {
        "$page" => "page views are switched by \"pages\"",
        "$screen" => "screen views are switched by \"screens\"",
        _ => "page and screen views have their own switches, \"pages\" and \"screens\"",
    };

    private static EventSources Sources(RulePart file)
    {
        if (file.Member("sources") is not { } sources || !sources.IsObject("web", "mobile", "server"))
        {
            return EventSources.All;
        }

        EventSources enabled = (sources.Flag("web", true) ? EventSources.Web : EventSources.None)
            | (sources.Flag("mobile", true) ? EventSources.Mobile : EventSources.None)
            | (sources.Flag("server", true) ? EventSources.Server : EventSources.None);
        if (enabled == EventSources.None)
        {
            sources.Problem("are all off: no event would be sent");
        }

        return enabled;
    }

    private static int Count(RulePart file) => file.Member("transformations") is { Json: { ValueKind: JsonValueKind.Array } list } ? list.GetArrayLength() : 0;

    private static List<Transformation> Transformations(RulePart file, Secret? hashSecret)
    {
        var transformations = new List<Transformation>();
        if (file.Member("transformations") is not { } list)
        {
            return transformations;
        }

        IReadOnlyList<RulePart> parts = list.Elements();
        if (parts.Count > MaxTransformations)
        {
            // Not read: comparing each with each would take minutes, for a file that is refused anyway.
            list.Problem($"has {parts.Count} entries; at most {MaxTransformations} are possible");
            return transformations;
        }

        foreach (RulePart part in parts)
        {
            if (TransformationReader.Read(part, hashSecret) is { } transformation)
            {
                transformations.Add(transformation);
            }
        }

        return transformations;
    }
}
