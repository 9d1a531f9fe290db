using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>The transformations of one plan at work on one event.</summary>
internal sealed class RuleRun
{
    private RuleTrace? _trace;
    private Transformation? _step;
    private List<MappingWarning>? _warnings;

    /// <summary>The event as it came in.</summary>
    public FreshpaintEvent Event { get; private set; } = null!;

    /// <summary>Its properties or traits.</summary>
    public RuleSubject Subject { get; } = new();

    /// <summary>The track's new name; null when it keeps its own.</summary>
    public Utf8Text? NewName { get; private set; }

    /// <summary>The transformation that took the event out; null when none did.</summary>
    public Transformation? DroppedBy { get; private set; }

    /// <summary>What the transformations left alone that their author may have meant; null for nothing.</summary>
    public List<MappingWarning>? Warnings => _warnings;

    /// <summary>Starts with an event.</summary>
    public void Begin(FreshpaintEvent source, PropertySet given, RuleTrace? trace)
    {
        Clear();
        Event = source;
        _trace = trace;
        Subject.Begin(given);
    }

    /// <summary>Forgets the event.</summary>
    public void Clear()
    {
        Subject.Clear();
        Event = null!;
        NewName = null;
        DroppedBy = null;
        _step = null;
        _trace = null;
        _warnings = null;
    }

    /// <summary>Runs the transformations that may apply, in order.</summary>
    public void Run(RulePlan plan)
    {
        Span<ulong> pending = stackalloc ulong[plan.Words];
        plan.Find(Subject, pending);
        for (int i = 0; i < plan.Steps.Count && DroppedBy is null; i++)
        {
            if (pending[i >> 6] >> i == 0)
            {
                // Nothing more in this word.
                i |= 63;
            }
            else if ((pending[i >> 6] & (1UL << i)) != 0)
            {
                Apply(plan.Steps[i]);
            }
        }
    }

    private void Apply(Transformation step)
    {
        _step = step;
        TextStop.Find(this, step, step.AsksInside, ref _warnings);
        if (step.When is null || step.When.Holds(this))
        {
            TextStop.Find(this, step, step.Enters, ref _warnings);
            step.Operation.Apply(this);
        }
    }

    /// <summary>Calls for the properties, and for the hidden facts that share a name with one.</summary>
    public void VisitRoots<TState>(TState state, Action<EditableNode, TState> at)
    {
        at(Subject.Open(), state);
        if (Subject.Hidden.Members.Count > 0)
        {
            at(Subject.Hidden, state);
        }
    }

    /// <summary>Sets a property, in every array element its path names.</summary>
    public void Set(PropertyPath path, EditableValue value) =>
        PathWalk.VisitBases(Subject.Open(), path, (path, value, run: this), static (node, state) =>
        {
            ReadOnlySpan<PathSegment> names = state.path.Segments.AsSpan(state.path.ArrayPart);
            EditableValue before = PathWalk.Find(node, names);
            if (PathWalk.Place(node, names, state.value))
            {
                state.run.Changed(state.path.Text, before, state.value);
            }
        });

    /// <summary>Gives a track another name, unless it has one already.</summary>
    public void Rename(Utf8Text name)
    {
        if (NewName is null && Event is FreshpaintEvent.Track track)
        {
            NewName = name;
            _trace?.Changed(_step!, "event", EditableValue.Text(track.Name.Bytes), EditableValue.Text(name.Bytes));
        }
    }

    /// <summary>Takes the event out.</summary>
    public void Drop() => DroppedBy = _step;

    /// <summary>A property was changed.</summary>
    public void Changed(string field, EditableValue before, EditableValue after)
    {
        Subject.HasChanged = true;
        _trace?.Changed(_step!, field, before, after);
    }
}

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
