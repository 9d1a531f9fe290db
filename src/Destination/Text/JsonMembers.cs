namespace CustomerIoDestination.Text;

/// <summary>A member of an object.</summary>
internal readonly struct JsonMember(JsonTable table, int nameRow)
{
    /// <summary>The hash of its name.</summary>
    public ushort Hash => table[nameRow].NameHash;

    /// <summary>Its value.</summary>
    public JsonValue Value => new(table, nameRow + 1);

    /// <summary>Its name, unescaped.</summary>
    public Utf8Text Name => table.Text(nameRow, out _);

    /// <summary>Whether the name is this one.</summary>
    public bool NameIs(ReadOnlySpan<byte> name) => MemberNames.Is(table, nameRow, name);
}

/// <summary>The members of an object, for <c>foreach</c>; a name repeated later is left out, so that the last one counts, unless all are asked for.</summary>
internal readonly struct JsonMembers(JsonTable? table, int row, bool all)
{
    /// <summary>For <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(table, row, all);

    /// <summary>Walks the members.</summary>
    internal struct Enumerator(JsonTable? table, int row, bool all)
    {
        private readonly int _end = table is null ? 0 : table[row].End;
        private int _next = table is null ? 0 : row + 1;
        private int _name;

        /// <summary>The member.</summary>
        public readonly JsonMember Current => new(table!, _name);

        /// <summary>Goes to the next member.</summary>
        public bool MoveNext()
        {
            while (_next < _end)
            {
                _name = _next;
                _next = table![_name + 1].End;
                if (all || !table[_name].IsShadowed)
                {
                    return true;
                }
            }

            return false;
        }
    }
}

/// <summary>The elements of an array, for <c>foreach</c>.</summary>
internal readonly struct JsonElements(JsonTable? table, int row)
{
    /// <summary>For <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(table, row);

    /// <summary>Walks the elements.</summary>
    internal struct Enumerator(JsonTable? table, int row)
    {
        private readonly int _end = table is null ? 0 : table[row].End;
        private int _next = table is null ? 0 : row + 1;
        private int _element;

        /// <summary>The element.</summary>
        public readonly JsonValue Current => new(table, _element);

        /// <summary>Goes to the next element.</summary>
        public bool MoveNext()
        {
            if (_next >= _end)
            {
                return false;
            }

            _element = _next;
            _next = table![_element].End;
            return true;
        }
    }
}
