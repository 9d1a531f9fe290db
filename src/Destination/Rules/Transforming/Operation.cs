using System.Buffers;
using CustomerIoDestination.Events;
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

    private static void EditAt(RuleRun run, PropertyPath path, IValueEdit edit) =>
        run.VisitRoots((path, edit, run), static (root, state) => PathWalk.Visit(root, state.path.Segments, state, static (node, index, inner) =>
        {
            EditableValue before = node.Members[index].Value;
            if (inner.edit.TryEdit(before, out EditableValue after))
            {
                node.Replace(index, after);
                inner.run.Changed(inner.path.Text, before, after);
            }
        }));

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
                EditAt(run, path, Edit);
            }
        }
    }

    /// <summary>Takes the queries out of what holds URLs, and out of the name of a page or screen, which may be one.</summary>
    public sealed record StripQueries() : Operation("stripQuery")
    {
        private static readonly IReadOnlyList<PropertyPath> Urls = [Path("url"), Path("path"), Path("referrer")];
        private static readonly IReadOnlyList<PropertyPath> Names = [Path("name"), Path("$screen_name")];
        private static readonly PropertyPath Search = Path("search");
        private static readonly StripQuery Query = new();
        private static readonly StripSearch SearchText = new();
        private static readonly StripQueryOfUrl UrlInName = new();

        /// <inheritdoc/>
        public override IReadOnlyList<PropertyPath> Reads { get; } = [.. Urls, Search, .. Names];

        /// <inheritdoc/>
        public override void Apply(RuleRun run)
        {
            foreach (PropertyPath path in Urls)
            {
                EditAt(run, path, Query);
            }

            EditAt(run, Search, SearchText);
            if (run.Event is FreshpaintEvent.Page or FreshpaintEvent.Screen)
            {
                foreach (PropertyPath path in Names)
                {
                    EditAt(run, path, UrlInName);
                }
            }
        }

        private static PropertyPath Path(string name) => PropertyPath.Parse(name, out _)!;
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

    /// <summary>Copies a property to another name or place; what was there is replaced, the source stays.</summary>
    public sealed record CopyProperty(PropertyPath Path, PropertyPath To) : Operation("copyProperty")
    {
        /// <inheritdoc/>
        public override IReadOnlyList<PropertyPath> Reads { get; } = [Path];

        /// <inheritdoc/>
        public override PropertyPath? Makes => To;

        /// <inheritdoc/>
        public override void Apply(RuleRun run) =>
            PathWalk.VisitBases(run.Subject.Open(), Path, (copy: this, run), static (node, inner) =>
            {
                EditableValue value = PathWalk.Find(node, inner.copy.Path.Segments.AsSpan(inner.copy.Path.ArrayPart));
                if (!value.IsPresent && inner.copy.Path.ArrayPart == 0)
                {
                    value = PathWalk.Find(inner.run.Subject.Hidden, inner.copy.Path.Segments);
                }

                ReadOnlySpan<PathSegment> to = inner.copy.To.Segments.AsSpan(inner.copy.To.ArrayPart);
                EditableValue replaced = PathWalk.Find(node, to);
                if (value.IsPresent && PathWalk.Place(node, to, value.Copy()))
                {
                    inner.run.Changed(inner.copy.To.Text, replaced, value);
                }
            });
    }

    /// <summary>Sets a property to a text made of others; when one of them is missing, null, an object or an array, nothing is set.</summary>
    /// <param name="Path">The property.</param>
    /// <param name="Pieces">The text: literal pieces, and the properties between them.</param>
    public sealed record FillTemplate(PropertyPath Path, IReadOnlyList<TemplatePiece> Pieces) : Operation("template")
    {
        /// <inheritdoc/>
        public override IReadOnlyList<PropertyPath> Reads { get; } = [.. Pieces.Select(piece => piece.Property).OfType<PropertyPath>()];

        /// <inheritdoc/>
        public override PropertyPath? Makes => Path;

        /// <inheritdoc/>
        public override void Apply(RuleRun run)
        {
            var text = new ArrayBufferWriter<byte>();
            foreach (TemplatePiece piece in Pieces)
            {
                if (piece.Property is not { } property)
                {
                    text.Write(piece.Literal.Span);
                    continue;
                }

                EditableValue value = run.Subject.At(property);
                switch (value.Kind)
                {
                    case JsonKind.String when value.TryGetText(out Utf8Text part):
                        text.Write(part.Span);
                        break;
                    case JsonKind.Number:
                        text.Write(value.Digits);
                        break;
                    case JsonKind.True or JsonKind.False:
                        text.Write(value.Kind == JsonKind.True ? "true"u8 : "false"u8);
                        break;
                    default:
                        return;
                }
            }

            run.Set(Path, EditableValue.Text(text.WrittenMemory));
        }
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

/// <summary>A piece of a template.</summary>
/// <param name="Literal">Text that is always the same; empty for a property.</param>
/// <param name="Property">The property whose value stands here; null for a literal.</param>
internal readonly record struct TemplatePiece(Utf8Text Literal, PropertyPath? Property);
