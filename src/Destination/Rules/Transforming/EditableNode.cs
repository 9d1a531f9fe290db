using System.Runtime.InteropServices;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>A member of an object, or an element of an array.</summary>
/// <param name="Name">The member's name; empty for an element.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct EditableMember(Utf8Text Name, EditableValue Value);

/// <summary>An object or array whose members or elements can be changed.</summary>
internal sealed class EditableNode(bool isArray)
{
    /// <summary>Whether it is an array.</summary>
    public bool IsArray => isArray;

    /// <summary>The members or elements, in order.</summary>
    public List<EditableMember> Members { get; } = [];

    /// <summary>Where the member of that name is; negative when there is none.</summary>
    public int IndexOf(Utf8Text name)
    {
        // By reference: members are large, and every operation looks for one.
        ReadOnlySpan<EditableMember> members = isArray ? default : CollectionsMarshal.AsSpan(Members);
        for (int i = 0; i < members.Length; i++)
        {
            if (members[i].Name.Span.SequenceEqual(name.Span))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The member of that name; missing when there is none.</summary>
    public EditableValue Find(Utf8Text name) => IndexOf(name) is >= 0 and int index ? Members[index].Value : default;

    /// <summary>Replaces a value in its place.</summary>
    public void Replace(int index, EditableValue value) => Members[index] = Members[index] with { Value = value };

    /// <summary>Sets a member: in its place when there is one, else at the end.</summary>
    public void Set(Utf8Text name, EditableValue value)
    {
        int index = IndexOf(name);
        if (index >= 0)
        {
            Replace(index, value);
        }
        else
        {
            Members.Add(new EditableMember(name, value));
        }
    }

    /// <summary>Opens the object or array at a place for changes; null when something else is there.</summary>
    public EditableNode? OpenAt(int index)
    {
        EditableNode? node = Members[index].Value.Opened();
        if (node is not null && Members[index].Value.Node is null)
        {
            Replace(index, EditableValue.Open(node));
        }

        return node;
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(ScratchBuffer output, bool compact)
    {
        bool first = true;
        output.WriteByte(isArray ? (byte)'[' : (byte)'{');
        foreach (ref readonly EditableMember member in CollectionsMarshal.AsSpan(Members))
        {
            if (!isArray)
            {
                output.WriteName(member.Name.Span, ref first);
            }
            else if (!first)
            {
                output.WriteByte((byte)',');
            }

            first = false;
            member.Value.Write(output, compact);
        }

        output.WriteByte(isArray ? (byte)']' : (byte)'}');
    }
}

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
