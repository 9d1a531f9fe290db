using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>
/// Finds where a rule's path would lead into a text that holds JSON. The rule does nothing there, and must not do it unseen: whether <c>patient.ssn</c> is kept in would else depend on
/// the sender's serialiser.
/// </summary>
internal static class TextStop
{
    /// <summary>Adds a warning for each path that ends at such a text.</summary>
    /// <param name="run">The event, before the rule is applied.</param>
    /// <param name="step">The rule.</param>
    /// <param name="paths">Its paths.</param>
    /// <param name="warnings">Takes the warnings; made with the first one.</param>
    public static void Find(RuleRun run, Transformation step, IReadOnlyList<PropertyPath> paths, ref List<MappingWarning>? warnings)
    {
        foreach (PropertyPath path in paths)
        {
            if (Stops(run.Subject.Member(path.Head), path.Segments.AsMemory(1)))
            {
                string set = run.Event is FreshpaintEvent.Identify ? "traits" : "properties";
                MappingWarning.Add(
                    ref warnings,
                    WarningCode.RuleStoppedAtText,
                    FieldName.Of(set, path.Head),
                    $"{step.Path} did not look inside: \"{path.Text}\" leads into a text that holds JSON");
            }
        }
    }

    private static bool Stops(EditableValue value, ReadOnlyMemory<PathSegment> left)
    {
        if (left.IsEmpty)
        {
            return false;
        }

        if (value.TryGetText(out Utf8Text text))
        {
            return EmbeddedJson.Holds(text);
        }

        PathSegment segment = left.Span[0];
        left = left[1..];
        return segment.IsEach ? value.AnyElement(left, Stops) : Stops(value.Member(segment.Name), left);
    }
}
