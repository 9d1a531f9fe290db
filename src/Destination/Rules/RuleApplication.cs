using System.Collections.Concurrent;
using System.Diagnostics;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Privacy;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules;

/// <summary>
/// Applies the rules to an event: transformations in order, then privacy mode. An event that no rule is about passes as it is; of one that is changed, what is left is
/// written and read again, so that the mapping sees no difference.
/// </summary>
internal static class RuleApplication
{
    private static readonly Utf8Text Name = Utf8Text.Of("name");
    private static readonly Utf8Text ScreenName = Utf8Text.Of("$screen_name");

    /// <summary>Applies the rules.</summary>
    /// <param name="source">The event as it came in.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="settings">Where e-mails are looked for.</param>
    /// <param name="scope">Where it is done; the result lives as long.</param>
    /// <param name="trace">Notes what was changed; null for not.</param>
    public static RuledEvent Apply(FreshpaintEvent source, DestinationRules rules, MappingSettings settings, EventScope scope, RuleTrace? trace)
    {
        RulePlan plan = rules.Plans.For(source);
        bool ownsEmail = rules.IsPrivate || rules.Plans.Users.TouchesEmail;
        if (plan.Steps.Count == 0 && !ownsEmail)
        {
            return new RuledEvent(source, null, null, null);
        }

        RuleRun run = scope.Rules.Run;
        run.Begin(source, Properties(source), trace);
        Hide(source, run.Subject, ownsEmail, settings);
        run.Run(plan);
        if (run.DroppedBy is { } step)
        {
            return new RuledEvent(source, new Skip(SkipReason.Filtered, step.Path, step.Name), null, run.Warnings);
        }

        RuledEmail? email = ownsEmail
            ? new RuledEmail(EmailRule.Left(run, rules, settings, scope.Rules.PersonRun), rules.Privacy?.Traits.Allows(EmailRule.Name) ?? true)
            : null;
        List<MappingWarning>? warnings = run.Warnings;
        if (rules.Privacy is { } privacy && PrivacyFilter.Apply(run, Allowed(privacy, source, run.NewName)) is { } dropped)
        {
            (warnings ??= []).Add(dropped);
        }

        FreshpaintEvent left = run.Subject.HasChanged ? Reread(source, run.Subject, scope) : source;
        return new RuledEvent(Renamed(left, run.NewName), null, email, warnings);
    }

    private static PropertySet Properties(FreshpaintEvent source) => source switch
    {
        FreshpaintEvent.Identify identify => identify.Traits,
        FreshpaintEvent.Group group => group.Traits,
        FreshpaintEvent.Track track => track.Properties,
        FreshpaintEvent.Page page => page.Properties,
        FreshpaintEvent.Screen screen => screen.Properties,
        FreshpaintEvent.Alias => default,
        _ => throw new UnreachableException(),
    };

    private static void Hide(FreshpaintEvent source, RuleSubject subject, bool ownsEmail, MappingSettings settings)
    {
        switch (source)
        {
            case FreshpaintEvent.Identify when ownsEmail && Identity.ToldEmail(source, settings) is { } email:
                subject.Hide(EmailRule.Name, EditableValue.Text(email.Bytes));
                break;
            case FreshpaintEvent.Page page:
                subject.Hide(Name, EditableValue.Given(page.Name));
                break;
            case FreshpaintEvent.Screen screen:
                subject.Hide(Name, EditableValue.Given(screen.Name));
                subject.Hide(ScreenName, EditableValue.Given(screen.BuiltInName));
                break;
        }
    }

    private static AllowedNames Allowed(PrivacyAllowList privacy, FreshpaintEvent source, Utf8Text? newName) => source switch
    {
        FreshpaintEvent.Identify or FreshpaintEvent.Group or FreshpaintEvent.Alias => privacy.Traits,
        FreshpaintEvent.Track track => privacy.Of(newName ?? track.Name),
        FreshpaintEvent.Page => privacy.Of(RuleScope.PageName),
        _ => privacy.Of(RuleScope.ScreenName),
    };

    private static FreshpaintEvent Renamed(FreshpaintEvent source, Utf8Text? name) =>
        name is { } renamed && source is FreshpaintEvent.Track track ? track with { Name = renamed } : source;

    private static FreshpaintEvent Reread(FreshpaintEvent source, RuleSubject subject, EventScope scope)
    {
        ScratchBuffer output = scope.Output;
        output.WriteByte((byte)'[');
        subject.Open().Write(output, compact: false);
        output.WriteByte((byte)',');
        subject.Hidden.Write(output, compact: false);
        output.WriteByte((byte)']');
        if (!scope.Rules.Table.TryRead(output.Take()))
        {
            throw new UnreachableException("Rules leave JSON.");
        }

        JsonElements.Enumerator parts = scope.Rules.Table.Root.Elements.GetEnumerator();
        parts.MoveNext();
        var left = new PropertySet(parts.Current, default, PropertyNames.All, default);
        parts.MoveNext();
        JsonValue hidden = parts.Current;
        return source switch
        {
            FreshpaintEvent.Identify identify => identify with { Traits = left },
            FreshpaintEvent.Group group => group with { Traits = left },
            FreshpaintEvent.Alias alias => alias,
            FreshpaintEvent.Track track => track with { Properties = left },
            FreshpaintEvent.Page page => page with { Properties = left, Name = hidden["name"u8] },
            FreshpaintEvent.Screen screen => screen with { Properties = left, Name = hidden["name"u8], BuiltInName = hidden["$screen_name"u8] },
            _ => throw new UnreachableException(),
        };
    }
}

/// <summary>What the rules left of an event.</summary>
/// <param name="Event">The event to be mapped.</param>
/// <param name="Skip">That a rule took it out; null when none did.</param>
/// <param name="Email">The person's e-mail, when the rules have a say in it; null when the event itself tells.</param>
/// <param name="Warnings">What transformations could not look into, and what privacy mode left out; null for nothing.</param>
internal readonly record struct RuledEvent(FreshpaintEvent Event, Skip? Skip, RuledEmail? Email, IReadOnlyList<MappingWarning>? Warnings);

/// <summary>The e-mail the rules left to name the person by.</summary>
/// <param name="Address">The e-mail; null for none.</param>
/// <param name="MayBeAttribute">Whether it may be told as attribute too.</param>
internal sealed record RuledEmail(Utf8Text? Address, bool MayBeAttribute);

/// <summary>That an event is not sent on purpose, and which rule says so.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Rule">Where the rule stands in the file, for instance <c>events.enabled</c>; null when it is none of the file's.</param>
/// <param name="RuleName">The name the rule's author gave it; null for none.</param>
internal readonly record struct Skip(SkipReason Reason, string? Rule, string? RuleName = null);

/// <summary>
/// The e-mail the transformations left to name the person by. The ones for users are asked about an event's person too, so that an identify and an event
/// lead to the same person, and an e-mail that a rule takes away does not come back in a URL. Privacy mode has no say: an e-mail used as path leaves.
/// </summary>
internal static class EmailRule
{
    /// <summary><c>email</c>.</summary>
    public static Utf8Text Name { get; } = Utf8Text.Of("email");

    /// <summary>The e-mail; null for none.</summary>
    /// <param name="run">The transformations, done.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="settings">Where e-mails are looked for.</param>
    /// <param name="personRun">Where the transformations for users are done on an event's person.</param>
    public static Utf8Text? Left(RuleRun run, DestinationRules rules, MappingSettings settings, RuleRun personRun)
    {
        FreshpaintEvent source = run.Event;
        Utf8Text? told = source is FreshpaintEvent.Identify
            ? Read(run.Subject.Member(Name)) ?? Read(run.Subject.Hidden.Find(Name))
            : OfPerson(source, rules, personRun) ?? (settings.EmailFromProperties ? Read(run.Subject.Member(Name)) : null);
        return told ?? Identity.EmailInUserId(source.Head);
    }

    private static Utf8Text? OfPerson(FreshpaintEvent source, DestinationRules rules, RuleRun run)
    {
        if (Identity.ToldEmail(source.Head) is not { } email || !rules.Plans.Users.TouchesEmail)
        {
            return Identity.ToldEmail(source.Head);
        }

        var person = new PropertySet(source.Head.UserProps, source.Head.ContextTraits, PropertyNames.Webhook, default);
        run.Begin(source, person, trace: null);
        run.Subject.Hide(Name, EditableValue.Text(email.Bytes));
        run.Run(rules.Plans.Users);
        return Read(run.Subject.Hidden.Find(Name));
    }

    private static Utf8Text? Read(EditableValue value) =>
        value.TryGetText(out Utf8Text text) && EmailText.Read(text, out Utf8Text address) is EmailReading.AsGiven or EmailReading.Cleaned ? address : null;
}

/// <summary>
/// The memory one event is read, mapped and sent in. Everything made in it (the event, operations, requests) lives until it is
/// disposed. Not thread-safe; rent one an event.
/// </summary>
public sealed class EventScope : IDisposable
{
    private const int MaxPooled = 256;

    private static readonly ConcurrentQueue<EventScope> Pool = new();

    private RuleWorkspace? _rules;

    private EventScope()
    {
    }

    /// <summary>Where operations and requests are written.</summary>
    public ScratchBuffer Output { get; } = new();

    /// <summary>Where the event is read.</summary>
    internal JsonTable Table { get; } = new();

    /// <summary>Where the rules work on it; made with the first event that a rule is about.</summary>
    internal RuleWorkspace Rules => _rules ??= new RuleWorkspace();

    /// <summary>Takes a scope from the pool.</summary>
    public static EventScope Rent() => Pool.TryDequeue(out EventScope? scope) ? scope : new EventScope();

    /// <summary>Gives the scope back: what was made in it may not be used any more.</summary>
    public void Dispose()
    {
        if (Pool.Count >= MaxPooled)
        {
            Table.Dispose();
            _rules?.Dispose();
            Output.Dispose();
            return;
        }

        Table.Reset();
        _rules?.Reset();
        Output.Reset();
        Pool.Enqueue(this);
    }
}
