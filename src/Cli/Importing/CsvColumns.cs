using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>
/// Makes events of a CSV's rows. Columns named as a webhook's members (<c>type</c>, <c>event</c>, <c>userId</c>, …, <c>traits.x</c>, <c>context.x</c>, <c>properties.x</c>, <c>integrations.x</c>) are those; the
/// others are properties, of an identify or a group traits. An empty cell is no value.
/// </summary>
internal sealed partial class CsvColumns
{
    private static readonly string[] Members = ["type", "event", "name", "userId", "anonymousId", "groupId", "previousId", "messageId", "timestamp", "sentAt", "channel"];
    private static readonly string[] Objects = ["traits", "context", "properties", "integrations"];

    private readonly Column[] _columns;
    private readonly IReadOnlyDictionary<string, string> _set;
    private readonly int _type;

    private CsvColumns(Column[] columns, IReadOnlyDictionary<string, string> set)
    {
        _columns = columns;
        _set = set;
        _type = Array.FindIndex(columns, column => column.Path is ["type"]);
    }

    /// <summary>How many fields a row has.</summary>
    public int Count => _columns.Length;

    /// <summary>Reads the header.</summary>
    /// <param name="header">The names of the columns.</param>
    /// <param name="map">What else is said about them.</param>
    /// <exception cref="ImportFileException">No events can be made of it; the message says why.</exception>
    public static CsvColumns Of(IReadOnlyList<string> header, CsvMap map)
    {
        string[] names = [.. header.Select(name => name.Trim())];
        if (Array.FindIndex(names, string.IsNullOrEmpty) is >= 0 and int blank)
        {
            throw new ImportFileException(string.Create(CultureInfo.InvariantCulture, $"column {blank + 1} of the header has no name"));
        }

        if (map.Columns.Keys.FirstOrDefault(name => !names.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            throw new ImportFileException($"the map names a column that the header has not: {Text.FieldName.Harmless(unknown)}");
        }

        Column[] columns = [.. names.Select(name => map.Columns.TryGetValue(name, out (string To, CsvType Type)? mapped) ? mapped is { } to ? Place(to.To, to.Type) : new Column([], CsvType.Text) : Place(name, CsvType.Text))];
        Column[] filled = [.. columns.Where(column => column.Path.Length > 0), .. map.Set.Keys.Select(name => Place(name, CsvType.Text))];
        string[] taken = [.. filled.Select(column => column.Name)];
        if (taken.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new ImportFileException($"two columns are called {Text.FieldName.Harmless(twice.Key)}");
        }

        foreach (string rest in taken.Contains("type", StringComparer.Ordinal) && !map.Set.ContainsKey("type") ? ["properties", "traits"] : new[] { RestOf(SetType(map.Set)) })
        {
            RefuseOnePlaceTwice(filled, rest);
        }

        if (!taken.Any(name => name is "type" or "event") && !taken.Any(name => name.StartsWith("traits.", StringComparison.Ordinal)))
        {
            throw new ImportFileException("no column says what kind of event a row is: name one type or event, or let the map say \"set\": {\"type\": \"identify\"}");
        }

        return new CsvColumns(columns, map.Set);
    }

    /// <summary>Makes an event of a row.</summary>
    /// <param name="row">Its fields.</param>
    /// <param name="problem">Why none can be made; null when one was.</param>
    public byte[]? Event(IReadOnlyList<string> row, out ItemProblem? problem)
    {
        problem = row.Count == Count ? null : new ItemProblem("invalid_row", string.Create(CultureInfo.InvariantCulture, $"the row has {row.Count} fields, the header has {Count}"));
        string rest = RestOf(_type >= 0 && problem is null ? row[_type] : SetType(_set));
        var root = new SortedObject();
        foreach ((string name, string json) in _set)
        {
            root.Set(Place(name, CsvType.Text).Under(rest), json);
        }

        for (int i = 0; i < Count && problem is null; i++)
        {
            Column column = _columns[i];
            if (column.Path.Length == 0 || row[i].Length == 0)
            {
                continue;
            }

            if (Json(row[i], column.Type) is { } json)
            {
                root.Set(column.Under(rest), json);
            }
            else
            {
                problem = new ItemProblem("invalid_value", $"{Text.FieldName.Harmless(column.Name)} is no {column.Type.ToString().ToLowerInvariant()}");
            }
        }

        return problem is null ? root.ToJson() : null;
    }

    private static string SetType(IReadOnlyDictionary<string, string> set) => set.GetValueOrDefault("type", "").Trim('"');

    // Where an event of this type keeps what has no place of its own.
    private static string RestOf(string type) => type.Trim().ToUpperInvariant() is "IDENTIFY" or "GROUP" ? "traits" : "properties";

    // One of the two values would be lost.
    private static void RefuseOnePlaceTwice(Column[] columns, string rest)
    {
        var whole = new Dictionary<string, Column>(StringComparer.Ordinal);
        foreach (Column column in columns)
        {
            if (!whole.TryAdd(string.Join('\0', column.Under(rest)), column))
            {
                throw TwiceFilled(whole[string.Join('\0', column.Under(rest))], column, rest);
            }
        }

        foreach (Column column in columns)
        {
            string[] path = column.Under(rest);
            for (int length = 1; length < path.Length; length++)
            {
                if (whole.TryGetValue(string.Join('\0', path[..length]), out Column? around))
                {
                    throw TwiceFilled(around, column, rest);
                }
            }
        }
    }

    private static ImportFileException TwiceFilled(Column one, Column other, string rest) => new(
        $"{Text.FieldName.Harmless(one.Name)} and {Text.FieldName.Harmless(other.Name)} both fill {Text.FieldName.Harmless(string.Join('.', other.Under(rest)))}: leave one out or name another place for it, with --map");

    private static string? Json(string cell, CsvType type) => type switch
    {
        CsvType.Number => JsonNumber().IsMatch(cell.Trim()) ? cell.Trim() : null,
        CsvType.Boolean => cell.Trim().ToUpperInvariant() switch { "TRUE" => "true", "FALSE" => "false", _ => null },
        _ => JsonSerializer.Serialize(cell, CliJson.Compact),
    };

    private static Column Place(string name, CsvType type)
    {
        if (Members.Contains(name, StringComparer.Ordinal) || Objects.Contains(name, StringComparer.Ordinal))
        {
            return new Column([name], type);
        }

        string[] path = name.Split('.');
        return string.IsNullOrWhiteSpace(name) ? throw new ImportFileException("the map names a place that has no name")
            : path.Length == 1 || !Objects.Contains(path[0], StringComparer.Ordinal) ? new Column(["", name], type)
            : path.All(part => part.Length > 0) ? new Column(path, type)
            : throw new ImportFileException($"a part of {Text.FieldName.Harmless(name)} has no name");
    }

    [GeneratedRegex("^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex JsonNumber();

    // The first part of the path is empty for what is a property or a trait, as the row's type says.
    private sealed record Column(string[] Path, CsvType Type)
    {
        /// <summary>As it is named in a header or a map.</summary>
        public string Name => string.Join('.', Path is ["", var name] ? [name] : Path);

        public string[] Under(string rest) => Path is ["", var name] ? [rest, name] : Path;
    }

    /// <summary>A JSON object with members in the order they were set.</summary>
    private sealed class SortedObject
    {
        private readonly List<(string Name, object Value)> _members = [];

        public void Set(ReadOnlySpan<string> path, string json)
        {
            string name = path[0];
            int index = _members.FindIndex(member => member.Name == name);
            if (path.Length == 1)
            {
                _members.Add((name, json));
                return;
            }

            if (index < 0 || _members[index].Value is not SortedObject)
            {
                index = _members.Count;
                _members.Add((name, new SortedObject()));
            }

            ((SortedObject)_members[index].Value).Set(path[1..], json);
        }

        public byte[] ToJson()
        {
            using var output = new MemoryStream();
            using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = CliJson.Compact.Encoder }))
            {
                Write(writer);
            }

            return output.ToArray();
        }

        private void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            foreach ((string name, object value) in _members)
            {
                writer.WritePropertyName(name);
                if (value is SortedObject inner)
                {
                    inner.Write(writer);
                }
                else
                {
                    writer.WriteRawValue((string)value);
                }
            }

            writer.WriteEndObject();
        }
    }
}
