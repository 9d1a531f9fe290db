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
