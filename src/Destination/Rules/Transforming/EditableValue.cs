using System.Diagnostics;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>
/// A value that rules look at and replace: as the sender gave it (nothing is copied or decoded), made by a rule, or an object or array in which
/// something was changed. The default is a missing one.
/// </summary>
internal readonly struct EditableValue
{
    private readonly JsonValue _given;
    private readonly ReadOnlyMemory<byte> _made;

    private EditableValue(JsonKind kind, JsonValue given, ReadOnlyMemory<byte> made, EditableNode? node)
    {
        Kind = kind;
        _given = given;
        _made = made;
        Node = node;
    }

    /// <summary>What it is.</summary>
    public JsonKind Kind { get; }

    /// <summary>The object or array, if it was opened for changes; else null.</summary>
    public EditableNode? Node { get; }

    /// <summary>Whether it is there at all.</summary>
    public bool IsPresent => Kind != JsonKind.Missing;

    /// <summary>A number as written; empty for any other value.</summary>
    public ReadOnlySpan<byte> Digits => Kind != JsonKind.Number ? default : _given.IsPresent ? _given.Bytes : _made.Span;

    /// <summary>A value as the sender gave it.</summary>
    public static EditableValue Given(JsonValue value) => new(value.Kind, value, default, null);

    public static EditableValue Text(ReadOnlyMemory<byte> text) => new(JsonKind.String, default, text, null);

    public static EditableValue Number(ReadOnlyMemory<byte> digits) => new(JsonKind.Number, default, digits, null);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static EditableValue Boolean(bool value) => new(value ? JsonKind.True : JsonKind.False, default, default, null);

    /// <summary>An object or array opened for changes.</summary>
    public static EditableValue Open(EditableNode node) => new(node.IsArray ? JsonKind.Array : JsonKind.Object, default, default, node);

    /// <summary>The text of a string, unescaped; false for any other value.</summary>
    public bool TryGetText(out Utf8Text text)
    {
        if (_given.IsPresent)
        {
            return _given.TryGetText(out text);
        }

        text = new Utf8Text(_made);
        return Kind == JsonKind.String;
    }

    /// <summary>The member of that name; missing when this is no object or has none.</summary>
    public EditableValue Member(Utf8Text name) => Node is null ? Given(_given[name.Span]) : Node.Find(name);

    /// <summary>Whether a test holds for any element of an array; false for any other value.</summary>
    public bool AnyElement<T>(T argument, Func<EditableValue, T, bool> holds)
        where T : allows ref struct
    {
        if (Kind != JsonKind.Array)
        {
            return false;
        }

        foreach (EditableMember element in Node?.Members ?? [])
        {
            if (holds(element.Value, argument))
            {
                return true;
            }
        }

        foreach (JsonValue element in _given.Elements)
        {
            if (holds(Given(element), argument))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The object or array with its members or elements to be changed one by one; null for any other value.</summary>
    public EditableNode? Opened()
    {
        if (Node is not null || Kind is not (JsonKind.Object or JsonKind.Array))
        {
            return Node;
        }

        var node = new EditableNode(Kind == JsonKind.Array);
        foreach (JsonMember member in _given.Members)
        {
            node.Members.Add(new EditableMember(member.Name, Given(member.Value)));
        }

        foreach (JsonValue element in _given.Elements)
        {
            node.Members.Add(new EditableMember(default, Given(element)));
        }

        return node;
    }

    /// <summary>The same value, so that a change to one of the two is none to the other.</summary>
    public EditableValue Copy()
    {
        if (Node is null)
        {
            return this;
        }

        var copy = new EditableNode(Node.IsArray);
        copy.Members.AddRange(Node.Members.Select(member => member with { Value = member.Value.Copy() }));
        return Open(copy);
    }

    /// <summary>Writes it as JSON.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="compact">Whether what the sender gave is written in the form that is measured and sent, or copied as it is.</param>
    public void Write(ScratchBuffer output, bool compact)
    {
        if (Node is not null)
        {
            Node.Write(output, compact);
        }
        else if (_given.IsPresent)
        {
            WriteGiven(output, compact);
        }
        else
        {
            WriteMade(output);
        }
    }

    /// <summary>Its JSON in the form that is sent.</summary>
    public byte[] ToJson()
    {
        using var output = new ScratchBuffer();
        Write(output, compact: true);
        return output.Written.ToArray();
    }

    private void WriteGiven(ScratchBuffer output, bool compact)
    {
        if (compact)
        {
            output.WriteValue(_given);
            return;
        }

        // Escapes stay as they are, a lone surrogate too: what is done about it is decided where the value is sent.
        if (Kind == JsonKind.String)
        {
            output.WriteByte((byte)'"');
            output.Write(_given.Bytes);
            output.WriteByte((byte)'"');
        }
        else
        {
            output.Write(_given.Bytes);
        }
    }

    private void WriteMade(ScratchBuffer output)
    {
        switch (Kind)
        {
            case JsonKind.String:
                output.WriteString(_made.Span);
                break;
            case JsonKind.Number:
                output.Write(_made.Span);
                break;
            case JsonKind.True or JsonKind.False:
                output.WriteBoolean(Kind == JsonKind.True);
                break;
            default:
                throw new UnreachableException("Rules make no other values.");
        }
    }
}
