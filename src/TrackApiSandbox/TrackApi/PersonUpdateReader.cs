using System.Text.Json;
using TrackApiSandbox.Snapshots;
using TrackApiSandbox.State;

namespace TrackApiSandbox.TrackApi;

/// <summary>Reads the attributes of an identify call: the whole body in v1, <c>attributes</c> in v2.</summary>
internal static class PersonUpdateReader
{
    public static PersonUpdate Read(JsonElement attributes, PersonIdentifier person, long now, List<Problem> problems)
    {
        string? id = null;
        string? email = null;
        string? anonymousId = null;
        long? timestamp = null;
        bool updateOnly = false;
        (IReadOnlyList<Relation> Relations, bool Removes) relationships = ([], false);
        var others = new List<KeyValuePair<string, JsonText>>();
        int count = 0;

        foreach (JsonProperty attribute in attributes.EnumerateObject())
        {
            count++;
            string name = attribute.Name;
            JsonElement value = attribute.Value;
            if (name is "cio_relationships")
            {
                relationships = RelationshipReader.OfPersonV1(value, person, problems);
                continue;
            }

            AttributeReader.Check(name, value, problems);
            switch (name)
            {
                case "id":
                    id = ReadId(value, problems);
                    break;
                case "email":
                    email = value.AsText() ?? value.GetRawText();
                    break;
                case "anonymous_id":
                    anonymousId = value.AsText();
                    break;
                case "_timestamp":
                    timestamp = ((JsonElement?)value).AsUnixSeconds();
                    break;
                case "_update":
                    updateOnly = value.ValueKind is JsonValueKind.True;
                    break;
                case "cio_id":
                    break;
                default:
                    others.Add(new(name, JsonText.Of(value)));
                    break;
            }
        }

        AttributeReader.CheckCount(count, problems);
        return new PersonUpdate(id, email, anonymousId, timestamp ?? now, updateOnly, others, relationships.Relations, relationships.Removes);
    }

    private static string? ReadId(JsonElement value, List<Problem> problems)
    {
        if (value.ValueKind is not JsonValueKind.String)
        {
            problems.Add(Problem.IdNotText);
            return null;
        }

        string id = value.GetString()!;
        if (id.Length == 0)
        {
            problems.Add(Problem.IdEmpty);
        }
        else if (TrackApiLimits.IsLonger(id, TrackApiLimits.MaxPersonIdBytes))
        {
            problems.Add(Problem.IdTooLong);
        }

        return id;
    }
}

/// <summary>Reads attributes of objects and relationships, and checks the limits that all attributes share.</summary>
internal static class AttributeReader
{
    /// <summary>Every member as an attribute; an absent object has none.</summary>
    public static IReadOnlyList<KeyValuePair<string, JsonText>> Read(JsonElement? attributes, List<Problem> problems)
    {
        var values = new List<KeyValuePair<string, JsonText>>();
        if (attributes is not { } present)
        {
            return values;
        }

        if (present.ValueKind is not JsonValueKind.Object)
        {
            problems.Add(Problem.AttributesNotObject);
            return values;
        }

        foreach (JsonProperty attribute in present.EnumerateObject())
        {
            string name = attribute.Name;
            Check(name, attribute.Value, problems);
            values.Add(new(name, JsonText.Of(attribute.Value)));
        }

        CheckCount(values.Count, problems);
        return values;
    }

    public static void Check(string name, JsonElement value, List<Problem> problems)
    {
        if (TrackApiLimits.IsLonger(name, TrackApiLimits.MaxAttributeNameBytes))
        {
            problems.Add(Problem.AttributeNameTooLong(name));
        }

        if (TrackApiLimits.IsLonger(value, TrackApiLimits.MaxAttributeValueBytes))
        {
            problems.Add(Problem.AttributeValueTooLong(name));
        }
    }

    public static void CheckCount(int count, List<Problem> problems)
    {
        if (count > TrackApiLimits.MaxAttributes)
        {
            problems.Add(Problem.TooManyAttributes);
        }
    }
}

/// <summary>Reads <c>cio_relationships</c>: in v1 an object with an action, in v2 an array.</summary>
internal static class RelationshipReader
{
    /// <summary>The v1 form, which only people have. An absent one relates nobody.</summary>
    public static (IReadOnlyList<Relation> Relations, bool Removes) OfPersonV1(JsonElement value, PersonIdentifier person, List<Problem> problems)
    {
        string? action = value.ValueKind is JsonValueKind.Object ? value.FindText("action") : null;
        if (action is "add_relationships" or "delete_relationships")
        {
            return (OfPerson(value.Find("relationships"), person, problems), action is "delete_relationships");
        }

        problems.Add(Problem.RelationshipsMalformed);
        return ([], false);
    }

    /// <summary>An array of objects that a person belongs to.</summary>
    public static IReadOnlyList<Relation> OfPerson(JsonElement? relationships, PersonIdentifier person, List<Problem> problems) =>
        Read(relationships, problems, item => IdentifierReader.OfObject(item.Find("identifiers"), problems) is { } identifier
            ? new Relation(person, identifier, AttributeReader.Read(item.Find("relationship_attributes"), problems))
            : null);

    /// <summary>An array of people that belong to an object.</summary>
    public static IReadOnlyList<Relation> OfObject(JsonElement? relationships, ObjectIdentifier identifier, List<Problem> problems) =>
        Read(relationships, problems, item => IdentifierReader.OfPerson(item.Find("identifiers"), "cio_relationships.identifiers", problems) is { } person
            ? new Relation(person, identifier, AttributeReader.Read(item.Find("relationship_attributes"), problems))
            : null);

    private static List<Relation> Read(JsonElement? relationships, List<Problem> problems, Func<JsonElement, Relation?> read)
    {
        var relations = new List<Relation>();
        if (relationships is not { ValueKind: JsonValueKind.Array } items || items.EnumerateArray().Any(item => item.ValueKind is not JsonValueKind.Object))
        {
            problems.Add(Problem.RelationshipsMalformed);
            return relations;
        }

        foreach (JsonElement item in items.EnumerateArray())
        {
            if (read(item) is { } relation)
            {
                relations.Add(relation);
            }
        }

        return relations;
    }
}
