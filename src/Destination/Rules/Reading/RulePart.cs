using System.Text.Json;
using System.Text.RegularExpressions;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>A piece of the rules' file: its JSON, where it stands, and where its problems are collected.</summary>
internal readonly partial record struct RulePart(JsonElement Json, string Path, List<Problem> Problems)
{
    /// <summary>Something is wrong with it.</summary>
    public void Problem(string message) => Problems.Add(new Problem(Path.Length == 0 ? "$" : Path, message));

    /// <summary>Whether it is an object; reports what is not, and every key that is not one of the known ones or is there twice.</summary>
    public bool IsObject(params string[] known)
    {
        if (Json.ValueKind != JsonValueKind.Object)
        {
            Problem($"is {Word(Json.ValueKind)}; an object was expected");
            return false;
        }

        foreach (IGrouping<string, JsonProperty> key in Json.EnumerateObject().GroupBy(member => member.Name, StringComparer.Ordinal))
        {
            RulePart member = At(key.Key, Json);
            if (!known.Contains(key.Key, StringComparer.Ordinal))
            {
                string guess = Spelling.Nearest(key.Key, known) is { } meant ? $"did you mean \"{meant}\"? Known here" : "known here";
                member.Problem($"is unknown; {guess}: {string.Join(", ", known)}");
            }
            else if (key.Count() > 1)
            {
                member.Problem("is there more than once");
            }
        }

        return true;
    }

    /// <summary>
    /// Whether every text and name in it is Unicode; reports each that is not. JSON may escape half of a surrogate pair, which no text can hold: everything else here
    /// asks for texts and relies on this.
    /// </summary>
    public bool IsUnicode()
    {
        int before = Problems.Count;
        switch (Json.ValueKind)
        {
            case JsonValueKind.String when !IsReadable(Json, text => text.GetString()):
                Problem("holds half of a surrogate pair (\\ud800 to \\udfff): a text needs both");
                break;
            case JsonValueKind.Array:
                foreach (RulePart element in Elements())
                {
                    element.IsUnicode();
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty member in Json.EnumerateObject())
                {
                    if (IsReadable(member, named => named.Name))
                    {
                        At(member.Name, member.Value).IsUnicode();
                    }
                    else
                    {
                        Problem("is an object, and a name in it holds half of a surrogate pair (\\ud800 to \\udfff): a text needs both");
                    }
                }

                break;
        }

        return Problems.Count == before;
    }

    /// <summary>A member; null when there is none.</summary>
    public RulePart? Member(string name) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out JsonElement value) ? At(name, value) : null;

    /// <summary>The members of an object, whatever their names.</summary>
    public IReadOnlyList<(string Name, RulePart Part)> Members()
    {
        if (Json.ValueKind != JsonValueKind.Object)
        {
            Problem($"is {Word(Json.ValueKind)}; an object was expected");
            return [];
        }

        var members = new List<(string Name, RulePart Part)>();
        foreach (JsonProperty member in Json.EnumerateObject())
        {
            RulePart part = At(member.Name, member.Value);
            if (members.Exists(other => other.Name == member.Name))
            {
                part.Problem("is there more than once");
            }

            members.Add((member.Name, part));
        }

        return members;
    }

    /// <summary>The elements of an array.</summary>
    public IReadOnlyList<RulePart> Elements()
    {
        if (Json.ValueKind != JsonValueKind.Array)
        {
            Problem($"is {Word(Json.ValueKind)}; a list was expected");
            return [];
        }

        RulePart self = this;
        return [.. Json.EnumerateArray().Select((element, index) => self with { Json = element, Path = $"{self.Path}[{index}]" })];
    }

    /// <summary>The elements of an array, or the one value that stands for a list of one; reports a list without any.</summary>
    /// <param name="what">What an element is, for the message.</param>
    public IReadOnlyList<RulePart> OneOrMore(string what) => Json.ValueKind == JsonValueKind.Array ? AtLeastOne(what) : [this];

    /// <summary>The elements of an array; reports one without any, which nothing could match.</summary>
    /// <param name="what">What an element is, for the message.</param>
    public IReadOnlyList<RulePart> AtLeastOne(string what)
    {
        IReadOnlyList<RulePart> elements = Elements();
        if (elements.Count == 0 && Json.ValueKind == JsonValueKind.Array)
        {
            Problem($"is empty; at least one {what} was expected");
        }

        return elements;
    }

    /// <summary>A member that must be there; null, and reported, when it is not.</summary>
    public RulePart? Required(string name, string meaning)
    {
        RulePart? member = Member(name);
        if (member is null && Json.ValueKind == JsonValueKind.Object)
        {
            Problem($"has no \"{name}\": {meaning}");
        }

        return member;
    }

    /// <summary>A member that is on or off.</summary>
    public bool Flag(string name, bool fallback)
    {
        if (Member(name) is not { } member)
        {
            return fallback;
        }

        if (member.Json.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            member.Problem($"is {Word(member.Json.ValueKind)}; true or false was expected");
        }

        return member.Json.ValueKind == JsonValueKind.True;
    }

    /// <summary>The text it is; null, and reported, when it is none or empty.</summary>
    public string? Text()
    {
        if (Json.ValueKind != JsonValueKind.String)
        {
            Problem($"is {Word(Json.ValueKind)}; a text was expected");
            return null;
        }

        string text = Json.GetString()!;
        if (string.IsNullOrWhiteSpace(text))
        {
            Problem("is empty");
            return null;
        }

        return text;
    }

    /// <summary>The words of a closed set, one or a list; reports any other.</summary>
    public IReadOnlyList<T> Words<T>(IReadOnlyDictionary<string, T> known)
    {
        var words = new List<T>();
        foreach (RulePart part in OneOrMore("word"))
        {
            if (part.Text() is not { } text)
            {
                continue;
            }

            if (known.TryGetValue(text, out T? word))
            {
                words.Add(word);
            }
            else
            {
                part.Problem($"is none of {string.Join(", ", known.Keys)}");
            }
        }

        return words;
    }

    /// <summary>The kind of a JSON value in words.</summary>
    public static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    // How System.Text.Json tells half of a surrogate pair.
    private static bool IsReadable<T>(T json, Func<T, string?> read)
    {
        try
        {
            return read(json) is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private RulePart At(string name, JsonElement value) => this with
    {
        Json = value,
        Path = !PlainName().IsMatch(name) ? $"{Path}[\"{name}\"]" : Path.Length == 0 ? name : $"{Path}.{name}",
    };

    [GeneratedRegex("^[A-Za-z0-9_$-]+$", RegexOptions.NonBacktracking)]
    private static partial Regex PlainName();
}
