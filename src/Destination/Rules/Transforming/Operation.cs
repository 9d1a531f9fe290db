using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>What a transformation does to an event.</summary>
internal abstract record Operation(string Code)
{
    /// <summary>The properties it works on; an event without any of them is not touched. Empty when it may apply to any event.</summary>
    public virtual IReadOnlyList<PropertyPath> Reads => [];

    /// <summary>A property that may be there after it and was not before; null for none.</summary>
    public virtual PropertyPath? Makes => null;

    /// <summary>Does it.</summary>
    public abstract void Apply(RuleRun run);

    /// <summary>Gives a track another name. At most once an event.</summary>
    public sealed record RenameEvent(Utf8Text To) : Operation("renameEvent")
    {
        /// <inheritdoc/>
        public override void Apply(RuleRun run) => run.Rename(To);
    }

    /// <summary>Takes the event out: it is not sent.</summary>
    public sealed record DropEvent() : Operation("dropEvent")
    {
        /// <inheritdoc/>
        public override void Apply(RuleRun run) => run.Drop();
    }

    /// <summary>Replaces the value of properties.</summary>
    public sealed record EditProperty(string Code, IReadOnlyList<PropertyPath> Paths, IValueEdit Edit) : Operation(Code)
    {
        /// <inheritdoc/>
        public override IReadOnlyList<PropertyPath> Reads => Paths;

        /// <inheritdoc/>
        public override void Apply(RuleRun run)
        {
            foreach (PropertyPath path in Paths)
            {
                run.VisitRoots((path, Edit, run), static (root, state) => PathWalk.Visit(root, state.path.Segments, state, static (node, index, inner) =>
                {
                    EditableValue before = node.Members[index].Value;
                    if (inner.Edit.TryEdit(before, out EditableValue after))
                    {
                        node.Replace(index, after);
                        inner.run.Changed(inner.path.Text, before, after);
                    }
                }));
            }
        }
    }

    /// <summary>Takes properties out.</summary>
    public sealed record DeleteProperty(IReadOnlyList<PropertyPath> Paths) : Operation("deleteProperty")
    {
        /// <inheritdoc/>
        public override IReadOnlyList<PropertyPath> Reads => Paths;

        /// <inheritdoc/>
        public override void Apply(RuleRun run)
        {
            foreach (PropertyPath path in Paths)
            {
                run.VisitRoots((path, run), static (root, state) => PathWalk.Visit(root, state.path.Segments, state, static (node, index, inner) =>
                {
                    EditableValue before = node.Members[index].Value;
                    node.Members.RemoveAt(index);
                    inner.run.Changed(inner.path.Text, before, default);
                }));
            }
        }
    }

    /// <summary>Moves a property to another name or place; what was there is replaced.</summary>
    public sealed record RenameProperty(PropertyPath Path, PropertyPath To) : Operation("renameProperty")
    {
        /// <inheritdoc/>
        public override IReadOnlyList<PropertyPath> Reads { get; } = [Path];

        /// <inheritdoc/>
        public override PropertyPath? Makes => To;

        /// <inheritdoc/>
        public override void Apply(RuleRun run) =>
            run.VisitRoots((rename: this, run), static (root, state) => PathWalk.VisitBases(root, state.rename.Path, state, static (node, inner) =>
            {
                ReadOnlySpan<PathSegment> from = inner.rename.Path.Segments.AsSpan(inner.rename.Path.ArrayPart);
                ReadOnlySpan<PathSegment> to = inner.rename.To.Segments.AsSpan(inner.rename.To.ArrayPart);
                EditableValue value = PathWalk.Detach(node, from);
                if (!value.IsPresent)
                {
                    return;
                }

                EditableValue replaced = PathWalk.Find(node, to);
                if (PathWalk.Place(node, to, value))
                {
                    inner.run.Changed(inner.rename.Path.Text, value, default);
                    inner.run.Changed(inner.rename.To.Text, replaced, value);
                }
                else
                {
                    PathWalk.Place(node, from, value);
                }
            }));
    }

    /// <summary>Sets a property to a value.</summary>
    public sealed record SendConstant(PropertyPath Path, JsonValue Value) : Operation("sendConstantProperty")
    {
        /// <inheritdoc/>
        public override PropertyPath? Makes => Path;

        /// <inheritdoc/>
        public override void Apply(RuleRun run) => run.Set(Path, EditableValue.Given(Value));
    }

    /// <summary>Lets a built-in property or a fact of the context through.</summary>
    public sealed record SendBuiltIn(BuiltIn Source, PropertyPath To) : Operation("sendBuiltInProperty")
    {
        /// <inheritdoc/>
        public override PropertyPath? Makes => To;

        /// <inheritdoc/>
        public override void Apply(RuleRun run)
        {
            JsonValue value = Source.In(run.Event);
            if (value.IsPresent)
            {
                run.Set(To, EditableValue.Given(value));
            }
        }
    }
}
