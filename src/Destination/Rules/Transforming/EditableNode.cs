using System.Runtime.InteropServices;
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
