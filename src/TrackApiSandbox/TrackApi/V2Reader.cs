using System.Text.Json;
using TrackApiSandbox.State;

namespace TrackApiSandbox.TrackApi;

/// <summary>Reads a v2 entity, alone or as an item of a batch.</summary>
internal static class V2Reader
{
    private static readonly JsonElement NoAttributes = JsonElement.Parse("{}");

    public static Reading Read(JsonElement item, long now)
    {
        if (item.ValueKind is not JsonValueKind.Object)
        {
            return Reading.Of(Problem.ItemNotObject);
        }

        if (TrackApiLimits.IsLonger(item, TrackApiLimits.MaxItemBytes))
        {
            return Reading.Of(Problem.ItemTooLong);
        }

        string action = item.FindText("action") ?? "";
        return item.FindText("type") switch
        {
            "person" => Person(item, action, now),
            "object" => Object(item, action),
            "delivery" when action is "event" => new Reading.Understood(new Change.Nothing()),
            "delivery" => Reading.Of(Problem.UnknownAction),
            _ => Reading.Of(Problem.UnknownType),
        };
    }

    private static Reading Person(JsonElement item, string action, long now)
    {
        if (action is "merge")
        {
            return V1Reader.Merge(item);
        }

        var problems = new List<Problem>();
        if (action is "event" or "page" or "screen" && AnonymousId(item) is { } anonymousId)
        {
            return Reading.Of(new Change.RecordAnonymousEvent(EventReader.Read(item, action, "attributes", anonymousId, now, problems)), problems);
        }

        if (IdentifierReader.OfPerson(item.Find("identifiers"), "identifiers", problems) is not { } person)
        {
            return new Reading.Refused(problems);
        }

        Change? change = action switch
        {
            "identify" => new Change.Identify(person, Update(item, person, now, problems)),
            "event" or "page" or "screen" => new Change.RecordEvent(person, EventReader.Read(item, action, "attributes", null, now, problems)),
            "delete" => new Change.DeletePerson(person),
            "suppress" => new Change.Suppress(person),
            "unsuppress" => new Change.Unsuppress(person),
            "add_device" => new Change.AddDevice(person, DeviceReader.Read(item, "token", problems)),
            "delete_device" => new Change.DeleteDevice(person, DeviceReader.ReadToken(item.FindObject("device"), "token", problems)),
            "add_relationships" => new Change.Relate(RelationshipReader.OfPerson(item.Find("cio_relationships"), person, problems)),
            "delete_relationships" => new Change.Unrelate(RelationshipReader.OfPerson(item.Find("cio_relationships"), person, problems)),
            _ => null,
        };
        return change is null ? Reading.Of(Problem.UnknownAction) : Reading.Of(change, problems);
    }

    private static Reading Object(JsonElement item, string action)
    {
        var problems = new List<Problem>();
        if (IdentifierReader.OfObject(item.Find("identifiers"), problems) is not { } identifier)
        {
            return new Reading.Refused(problems);
        }

        Change? change = action switch
        {
            "identify" => new Change.IdentifyObject(
                identifier,
                AttributeReader.Read(item.Find("attributes"), problems),
                item.Find("cio_relationships") is { } people ? RelationshipReader.OfObject(people, identifier, problems) : []),
            "delete" => new Change.DeleteObject(identifier),
            "add_relationships" => new Change.Relate(RelationshipReader.OfObject(item.Find("cio_relationships"), identifier, problems)),
            "delete_relationships" => new Change.Unrelate(RelationshipReader.OfObject(item.Find("cio_relationships"), identifier, problems)),
            _ => null,
        };
        return change is null ? Reading.Of(Problem.UnknownAction) : Reading.Of(change, problems);
    }

    /// <summary>Not documented, but in wide use (Segment's destination sends it): an anonymous id as the identifier of an event.</summary>
    private static string? AnonymousId(JsonElement item) =>
        item.FindObject("identifiers") is { } identifiers && identifiers.GetPropertyCount() == 1 ? identifiers.FindText("anonymous_id") : null;

    /// <summary>The time of the change is <c>timestamp</c> beside the attributes; <c>_timestamp</c> among them counts without it.</summary>
    private static PersonUpdate Update(JsonElement item, PersonIdentifier person, long now, List<Problem> problems)
    {
        IReadOnlyList<Relation> relations = item.Find("cio_relationships") is { } objects ? RelationshipReader.OfPerson(objects, person, problems) : [];
        JsonElement attributes = item.Find("attributes") ?? NoAttributes;
        if (attributes.ValueKind is not JsonValueKind.Object)
        {
            problems.Add(Problem.AttributesNotObject);
            attributes = NoAttributes;
        }

        PersonUpdate update = PersonUpdateReader.Read(attributes, person, now, problems);
        return update with
        {
            Timestamp = item.Find("timestamp").AsUnixSeconds() ?? update.Timestamp,
            Relations = relations,
            RemovesRelations = false,
        };
    }
}
