using System.Text.Json;
using TrackApiSandbox.Snapshots;
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

/// <summary>Reads the v1 calls that have a body.</summary>
internal static class V1Reader
{
    public static Reading Identify(string identifier, JsonElement body, long now)
    {
        var problems = new List<Problem>();
        PersonIdentifier person = IdentifierReader.OfPath(identifier, problems);
        return Reading.Of(new Change.Identify(person, PersonUpdateReader.Read(body, person, now, problems)), problems);
    }

    public static Reading Event(string identifier, JsonElement body, long now)
    {
        var problems = new List<Problem>();
        PersonIdentifier person = IdentifierReader.OfPath(identifier, problems);
        return Reading.Of(new Change.RecordEvent(person, ReadEvent(body, now, problems)), problems);
    }

    /// <summary>Without an anonymous id it is an invite event of nobody.</summary>
    public static Reading AnonymousEvent(JsonElement body, long now)
    {
        var problems = new List<Problem>();
        return Reading.Of(new Change.RecordAnonymousEvent(ReadEvent(body, now, problems)), problems);
    }

    public static Reading AddDevice(string identifier, JsonElement body)
    {
        var problems = new List<Problem>();
        PersonIdentifier person = IdentifierReader.OfPath(identifier, problems);
        return Reading.Of(new Change.AddDevice(person, DeviceReader.Read(body, "id", problems)), problems);
    }

    /// <summary>The calls without a body: delete, suppress, unsuppress, delete device.</summary>
    public static Reading Bodiless(string identifier, Func<PersonIdentifier, Change> change)
    {
        var problems = new List<Problem>();
        return Reading.Of(change(IdentifierReader.OfPath(identifier, problems)), problems);
    }

    /// <summary>Also the v2 action: both name a primary and a secondary by exactly one identifier each.</summary>
    public static Reading Merge(JsonElement body)
    {
        var problems = new List<Problem>();
        PersonIdentifier? primary = IdentifierReader.OfPerson(body.Find("primary"), "primary", problems);
        PersonIdentifier? secondary = IdentifierReader.OfPerson(body.Find("secondary"), "secondary", problems);
        return Reading.Of(new Change.MergePeople(primary.GetValueOrDefault(), secondary.GetValueOrDefault()), problems);
    }

    private static SandboxEvent ReadEvent(JsonElement body, long now, List<Problem> problems) =>
        EventReader.Read(body, body.FindText("type"), "data", body.FindText("anonymous_id"), now, problems);
}
