using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Privacy;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>
/// Reads <c>privacy.allow</c> and finds names in it that no event can have when it leaves. Such a name keeps in what its author meant to send, so it is refused;
/// one that an event may have after all, though something else was probably meant, is only a warning.
/// </summary>
internal sealed class AllowListReader
{
    // Traits with a meaning of their own at Customer.io, which people write in other ways.
    private static readonly string[] WellKnownTraits = ["email", "created_at", "unsubscribed"];

    private readonly IReadOnlyList<(RulePart Part, NamePattern Name, IReadOnlyList<(RulePart Part, string Name)> Properties)> _events;
    private readonly IReadOnlyList<(RulePart Part, string Name)> _traits;

    private AllowListReader(RulePart allow)
    {
        _events = [.. (allow.Member("events")?.Members() ?? []).Select(entry => (entry.Part, NamePattern.Of(entry.Name), Names(entry.Part)))];
        _traits = allow.Member("traits") is { } traits ? Names(traits) : [];
    }

    /// <summary>What may leave.</summary>
    public PrivacyAllowList List =>
        new([.. _events.Select(entry => (entry.Name, (IReadOnlyList<string>)[.. entry.Properties.Select(property => property.Name)]))], [.. _traits.Select(trait => trait.Name)]);

    /// <summary>Reads the list of a file; null when there is none, or, reported, it is no list.</summary>
    public static AllowListReader? Read(RulePart file) =>
        file.Member("privacy") is { } privacy
            && privacy.IsObject("allow")
            && privacy.Required("allow", "what may leave, {\"events\": {…}, \"traits\": […]}") is { } allow
            && allow.IsObject("events", "traits")
            ? new AllowListReader(allow)
            : null;

    /// <summary>Reports names that no event can have.</summary>
    /// <param name="transformations">All of the file's.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="warnings">Takes the names that may be meant.</param>
    public void Check(IReadOnlyList<Transformation> transformations, DestinationRules rules, List<Problem> warnings)
    {
        foreach ((RulePart part, NamePattern name, IReadOnlyList<(RulePart Part, string Name)> properties) in _events)
        {
            if ((NeverApplies.UnknownView(name) ?? NotSent(name, transformations, rules) ?? Renamed(name, transformations)) is { } problem)
            {
                part.Problem(problem);
                continue;
            }

            CheckNames(properties, ScopeOf(name, transformations), transformations, [], warnings);
        }

        CheckNames(_traits, new RuleScope(Events: false, Users: true, null), transformations, WellKnownTraits, warnings);
    }

    private static IReadOnlyList<(RulePart Part, string Name)> Names(RulePart list) =>
        [.. list.Elements().Select(part => (Part: part, Name: part.Text())).Where(entry => entry.Name is not null).Select(entry => (entry.Part, entry.Name!))];

    private static string? NotSent(NamePattern name, IReadOnlyList<Transformation> transformations, DestinationRules rules)
    {
        if (NeverApplies.NotSentBecause(name, rules) is not { } reason || Renames(transformations).Any(rename => name.Matches(NamePattern.Trim(rename.To).Span)))
        {
            return null;
        }

        string? meant = Spelling.Nearest(name.Text, (rules.EnabledEvents?.All ?? []).Where(enabled => enabled.IsExact).Select(enabled => enabled.Text));
        return $"\"{name.Text}\" is not sent because of {reason}{(meant is null ? ", so this never applies" : $"; did you mean \"{meant}\"?")}";
    }

    private static string? Renamed(NamePattern name, IReadOnlyList<Transformation> transformations)
    {
        if (!name.IsExact || Renames(transformations).Any(rename => name.Matches(NamePattern.Trim(rename.To).Span)))
        {
            return null;
        }

        return transformations.FirstOrDefault(step => step is { When: null, Operation: Operation.RenameEvent } && step.Scope.Names!.Covers(new NameSet([name]))) is { } taken
            ? $"\"{name.Text}\" is sent as \"{((Operation.RenameEvent)taken.Operation).To}\" because of {taken.Path}; that name belongs here"
            : null;
    }

    private static IEnumerable<Operation.RenameEvent> Renames(IEnumerable<Transformation> transformations) => transformations.Select(step => step.Operation).OfType<Operation.RenameEvent>();

    // The events that may leave under a name, by the names they come in with.
    private static RuleScope ScopeOf(NamePattern name, IReadOnlyList<Transformation> transformations) => new(
        Events: true,
        Users: false,
        name.IsExact
            ? new NameSet([name, .. transformations.Where(step => step.Operation is Operation.RenameEvent rename && name.Matches(NamePattern.Trim(rename.To).Span)).SelectMany(step => step.Scope.Names!.All)])
            : null);

    private static void CheckNames(
        IReadOnlyList<(RulePart Part, string Name)> names, RuleScope scope, IReadOnlyList<Transformation> transformations, string[] wellKnown, List<Problem> warnings)
    {
        HashSet<string> known = [.. wellKnown, .. transformations.SelectMany(step => step.Operation.Reads.Append(step.Operation.Makes)).OfType<PropertyPath>().Select(path => path.Head.ToString())];
        foreach ((RulePart part, string name) in names)
        {
            if (Gone(name, scope, transformations) is { } problem)
            {
                part.Problem(problem);
            }
            else if (Doubtful(name, known) is { } doubt && !(doubt.Meant is { } meant && names.Any(other => other.Name == meant)))
            {
                (part with { Problems = warnings }).Problem(doubt.Message);
            }
        }
    }

    private static string? Gone(string name, RuleScope scope, IReadOnlyList<Transformation> transformations)
    {
        for (int i = 0; i < transformations.Count && !name.StartsWith('$'); i++)
        {
            Transformation step = transformations[i];
            bool takesAway = step is { When: null, Operation: Operation.DeleteProperty or Operation.RenameProperty }
                && step.Operation.Reads.Any(path => path.Segments.Length == 1 && path.Head.ToString() == name)
                && step.Scope.Covers(scope);
            if (takesAway && !transformations.Skip(i).Any(later => later.Operation.Makes?.Head.ToString() == name))
            {
                return step.Operation is not Operation.RenameProperty { To: var to } ? $"\"{name}\" is gone after {step.Path}, so this never applies"
                    : to.Segments.Length > 1 ? $"\"{name}\" is at \"{to.Text}\" after {step.Path}; \"{to.Head}\" belongs here"
                    : $"\"{name}\" is called \"{to.Head}\" after {step.Path}; that name belongs here";
            }
        }

        return null;
    }

    private static (string Message, string? Meant)? Doubtful(string name, HashSet<string> known)
    {
        if (known.Contains(name) || name.StartsWith("cio_subscription_preferences.", StringComparison.Ordinal))
        {
            return null;
        }

        if (known.FirstOrDefault(other => string.Equals(other, name, StringComparison.OrdinalIgnoreCase)) is { } meant)
        {
            return ($"\"{name}\" is another name than \"{meant}\": upper and lower case differ", meant);
        }

        return name.Contains('*', StringComparison.Ordinal) ? ($"\"{name}\" is no pattern here: only a property of that whole name is meant", null)
            : name.Contains('.', StringComparison.Ordinal) ? ($"\"{name}\" is not a path here: only a property of that whole name is meant", null)
            : null;
    }
}
