using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>Finds the places in an event that a <see cref="PropertyPath"/> names. Places that are not there, or are of another shape, are none.</summary>
internal static class PathWalk
{
    /// <summary>Calls for every place: the object or array and the index in it.</summary>
    public static void Visit<TState>(EditableNode node, ReadOnlySpan<PathSegment> path, TState state, Action<EditableNode, int, TState> at)
    {
        if (!path[0].IsEach)
        {
            Step(node, node.IndexOf(path[0].Name), path[1..], state, at);
            return;
        }

        for (int i = 0; i < node.Members.Count && node.IsArray; i++)
        {
            Step(node, i, path[1..], state, at);
        }
    }

    /// <summary>Calls for every object that the path's array part leads to: the root when it has none, else each element that is an object.</summary>
    public static void VisitBases<TState>(EditableNode root, PropertyPath path, TState state, Action<EditableNode, TState> at)
    {
        if (path.ArrayPart == 0)
        {
            at(root, state);
            return;
        }

        Visit(root, path.Segments.AsSpan(0, path.ArrayPart), (state, at), static (node, index, inner) =>
        {
            if (node.OpenAt(index) is { IsArray: false } element)
            {
                inner.at(element, inner.state);
            }
        });
    }

    /// <summary>Takes a value out; missing when there is none.</summary>
    public static EditableValue Detach(EditableNode node, ReadOnlySpan<PathSegment> names)
    {
        int index = node.IndexOf(names[0].Name);
        if (index < 0)
        {
            return default;
        }

        if (names.Length > 1)
        {
            return node.OpenAt(index) is { } child ? Detach(child, names[1..]) : default;
        }

        EditableValue value = node.Members[index].Value;
        node.Members.RemoveAt(index);
        return value;
    }

    /// <summary>Puts a value in, and the objects around it where there are none; false when something that is no object is in the way.</summary>
    public static bool Place(EditableNode node, ReadOnlySpan<PathSegment> names, EditableValue value)
    {
        Utf8Text name = names[0].Name;
        if (names.Length == 1)
        {
            node.Set(name, value);
            return true;
        }

        int index = node.IndexOf(name);
        if (index >= 0)
        {
            return node.OpenAt(index) is { IsArray: false } child && Place(child, names[1..], value);
        }

        var created = new EditableNode(isArray: false);
        node.Members.Add(new EditableMember(name, EditableValue.Open(created)));
        return Place(created, names[1..], value);
    }

    /// <summary>The value at a path of names; missing when there is none.</summary>
    public static EditableValue Find(EditableNode node, ReadOnlySpan<PathSegment> names)
    {
        EditableValue value = node.Find(names[0].Name);
        foreach (PathSegment segment in names[1..])
        {
            value = value.Kind == JsonKind.Object ? value.Member(segment.Name) : default;
        }

        return value;
    }

    private static void Step<TState>(EditableNode node, int index, ReadOnlySpan<PathSegment> rest, TState state, Action<EditableNode, int, TState> at)
    {
        if (index < 0)
        {
            return;
        }

        if (rest.IsEmpty)
        {
            at(node, index, state);
        }
        else if (node.OpenAt(index) is { } child)
        {
            Visit(child, rest, state, at);
        }
    }
}
