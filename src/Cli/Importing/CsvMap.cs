using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>What a value of a column is sent as.</summary>
internal enum CsvType
{
    /// <summary>Text, as it stands there.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,
}

/// <summary>
/// What a <c>--map</c> file says about the columns of a CSV: <c>{"columns": {"E-Mail": "traits.email", "Age": {"to": "age", "type": "number"}, "Notes": null}, "set": {"type": "identify"}}</c>. A column is
/// sent under its own name as text unless named here; null leaves it out; <c>set</c> gives every row a member that no column has.
/// </summary>
/// <param name="Columns">By the column's name; null for one that is left out.</param>
/// <param name="Set">Members and the JSON of their values.</param>
internal sealed record CsvMap(IReadOnlyDictionary<string, (string To, CsvType Type)?> Columns, IReadOnlyDictionary<string, string> Set)
{
    /// <summary>The map without a file.</summary>
    public static CsvMap None { get; } = new(new Dictionary<string, (string, CsvType)?>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>The file it was read from, as it was named; null without one.</summary>
    public string? Path { get; private init; }

    /// <summary>The SHA-256 of the file's text; null without one.</summary>
    public string? Hash { get; private init; }

    /// <summary>Reads the map in a file.</summary>
    /// <exception cref="FormatException">It is none; the message says where and why.</exception>
    public static async Task<CsvMap> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string text = await File.ReadAllTextAsync(path, cancellationToken);
        return Parse(text) with { Path = path, Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) };
    }

    private static CsvMap Parse(string text)
    {
        using JsonDocument document = Document(text);
        var columns = new Dictionary<string, (string, CsvType)?>(StringComparer.Ordinal);
        var set = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty member in Members(document.RootElement, "the map"))
        {
            switch (member.Name)
            {
                case "columns":
                    foreach (JsonProperty column in Members(member.Value, "columns"))
                    {
                        columns[column.Name] = Column(column);
                    }

                    break;
                case "set":
                    foreach (JsonProperty value in Members(member.Value, "set"))
                    {
                        set[value.Name] = value.Value.GetRawText();
                    }

                    break;
                default:
                    throw new FormatException($"\"{member.Name}\" is unknown; there are \"columns\" and \"set\"");
            }
        }

        return new CsvMap(columns, set);
    }

    private static JsonDocument Document(string text)
    {
        try
        {
            return JsonDocument.Parse(text, CliJson.Lenient);
        }
        catch (JsonException e)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"it is no JSON at line {e.LineNumber + 1}"), e);
        }
    }

    private static JsonElement.ObjectEnumerator Members(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : throw new FormatException($"{name} is no object");

    private static (string To, CsvType Type)? Column(JsonProperty column)
    {
        switch (column.Value.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                return (column.Value.GetString()!, CsvType.Text);
            case JsonValueKind.Object:
                (string to, CsvType type) = (column.Name, CsvType.Text);
                foreach (JsonProperty member in column.Value.EnumerateObject())
                {
                    switch (member.Name)
                    {
                        case "to" when member.Value.ValueKind == JsonValueKind.String:
                            to = member.Value.GetString()!;
                            break;
                        case "type" when Enum.TryParse(member.Value.ToString(), ignoreCase: true, out CsvType known) && !char.IsDigit(member.Value.ToString()[0]):
                            type = known;
                            break;
                        default:
                            throw new FormatException($"columns.{column.Name}: \"to\" is a name, \"type\" one of text, number, boolean; \"{member.Name}\" is neither");
                    }
                }

                return (to, type);
            default:
                throw new FormatException($"columns.{column.Name} is neither a name, nor an object with \"to\" and \"type\", nor null");
        }
    }
}
