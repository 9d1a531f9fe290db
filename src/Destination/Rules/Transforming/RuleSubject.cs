using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>
/// The properties or traits that rules work on. Nothing is copied until a rule is about to change something. Beside them may be hidden ones: facts of
/// the event that are no property of their own (the page's name, an e-mail told elsewhere) but must not outlive a rule that takes or changes the property
/// of that name.
/// </summary>
internal sealed class RuleSubject
{
    /// <summary>The properties as they were given.</summary>
    public PropertySet Given { get; private set; }

    /// <summary>Whether <see cref="Root"/> counts instead of <see cref="Given"/>.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The properties, once opened.</summary>
    public EditableNode Root { get; } = new(isArray: false);

    /// <summary>The hidden ones.</summary>
    public EditableNode Hidden { get; } = new(isArray: false);

    /// <summary>Whether anything differs from what was given.</summary>
    public bool HasChanged { get; set; }

    /// <summary>Starts with what was given.</summary>
    public void Begin(PropertySet given)
    {
        Clear();
        Given = given;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Root.Members.Clear();
        Hidden.Members.Clear();
        Given = default;
        IsOpen = false;
        HasChanged = false;
    }

    /// <summary>Adds a hidden fact, if it is there.</summary>
    public void Hide(Utf8Text name, EditableValue value)
    {
        if (value.IsPresent)
        {
            Hidden.Members.Add(new EditableMember(name, value));
        }
    }

    /// <summary>The property of that name, else the hidden fact; missing when there is neither.</summary>
    public EditableValue Member(Utf8Text name)
    {
        EditableValue visible = IsOpen ? Root.Find(name) : EditableValue.Given(Given[name.Span]);
        return visible.IsPresent || Hidden.Members.Count == 0 ? visible : Hidden.Find(name);
    }

    /// <summary>What is at a path of names, in the properties or else the hidden facts; missing when nothing is.</summary>
    public EditableValue At(PropertyPath path)
    {
        EditableValue value = Member(path.Head);
        foreach (PathSegment segment in path.Segments.AsSpan(1))
        {
            value = value.Kind == JsonKind.Object ? value.Member(segment.Name) : default;
        }

        return value;
    }

    /// <summary>The properties, to be changed.</summary>
    public EditableNode Open()
    {
        if (!IsOpen)
        {
            IsOpen = true;
            foreach (Property property in Given)
            {
                Root.Members.Add(new EditableMember(property.Name, EditableValue.Given(property.Value)));
            }
        }

        return Root;
    }
}

/// <summary>
/// What a transformation applies to: events (tracks, pages and screens), all or those named; the facts about people; or both. Names are those
/// the events come in with, whatever they are renamed to; a page view is called <c>$page</c>, a screen view <c>$screen</c>.
/// </summary>
/// <param name="Events">Whether it applies to events.</param>
/// <param name="Users">Whether it applies to facts about people.</param>
/// <param name="Names">The events' names; null for all events.</param>
internal sealed record RuleScope(bool Events, bool Users, NameSet? Names)
{
    /// <summary>What a page view is called in a scope.</summary>
    public static Utf8Text PageName { get; } = Utf8Text.Of("$page");

    /// <summary>What a screen view is called in a scope.</summary>
    public static Utf8Text ScreenName { get; } = Utf8Text.Of("$screen");

    /// <summary>Whether it applies to events of that name.</summary>
    public bool Includes(Utf8Text eventName) => Events && (Names is null || Names.Matches(eventName));

    /// <summary>Whether some event or fact is in both.</summary>
    public bool Overlaps(RuleScope other) =>
        (Users && other.Users)
        || (Events && other.Events && (Names is null || other.Names is null || Names.Overlaps(other.Names)));

    /// <summary>Whether all of the other is in this one, as far as the patterns tell.</summary>
    public bool Covers(RuleScope other) =>
        (!other.Users || Users)
        && (!other.Events || (Events && (Names is null || (other.Names is not null && Names.Covers(other.Names)))));
}

/// <summary>The memory that rules work in, kept from one event to the next.</summary>
internal sealed class RuleWorkspace : IDisposable
{
    /// <summary>The rules at work on the event.</summary>
    public RuleRun Run { get; } = new();

    /// <summary>The rules at work on what an event other than an identify tells about its person.</summary>
    public RuleRun PersonRun { get; } = new();

    /// <summary>Where what the rules left is read again. Rules may nest an event's values deeper than its sender did.</summary>
    public JsonTable Table { get; } = new(JsonTable.MaxDepth + PropertyPath.MaxSegments + 2);

    /// <summary>Forgets the event; keeps the memory.</summary>
    public void Reset()
    {
        Run.Clear();
        PersonRun.Clear();
        Table.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reset();
        Table.Dispose();
    }
}
