using System.Text.Json;
using TrackApiSandbox.State;

namespace TrackApiSandbox.TrackApi;

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
