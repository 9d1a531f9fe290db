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
