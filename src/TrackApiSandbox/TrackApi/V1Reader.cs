using System.Text.Json;
using TrackApiSandbox.Snapshots;
using TrackApiSandbox.State;

namespace TrackApiSandbox.TrackApi;

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
