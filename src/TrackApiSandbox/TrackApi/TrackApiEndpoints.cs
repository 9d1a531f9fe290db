using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrackApiSandbox.State;

namespace TrackApiSandbox.TrackApi;

/// <summary>Answers the operations of the Track API: reads the call, lets the workspace change, says what the API would say.</summary>
/// <param name="workspace">What is known.</param>
/// <param name="time">The clock.</param>
/// <param name="region">The region the workspace says it is in, <c>us</c> or <c>eu</c>.</param>
internal sealed class TrackApiEndpoints(Workspace workspace, TimeProvider time, string region)
{
    /// <param name="route">The operation.</param>
    /// <param name="segments">The decoded path.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="port">The sandbox's own port: the region operation names itself as the place to send to.</param>
    public Answer Handle(TrackApiRoute route, string[] segments, ReadOnlyMemory<byte> body, int port) => route switch
    {
        TrackApiRoute.Region => Region(port),
        TrackApiRoute.Identify => V1(body, single: true, (json, now) => V1Reader.Identify(segments[3], json, now)),
        TrackApiRoute.RecordEvent => V1(body, single: false, (json, now) => V1Reader.Event(segments[3], json, now)),
        TrackApiRoute.RecordAnonymousEvent => V1(body, single: false, V1Reader.AnonymousEvent),
        TrackApiRoute.AddDevice => V1(body, single: false, (json, _) => V1Reader.AddDevice(segments[3], json)),
        TrackApiRoute.Merge => V1(body, single: true, (json, _) => V1Reader.Merge(json)),
        TrackApiRoute.DeletePerson => V1(V1Reader.Bodiless(segments[3], person => new Change.DeletePerson(person)), single: true),
        TrackApiRoute.Suppress => V1(V1Reader.Bodiless(segments[3], person => new Change.Suppress(person)), single: true),
        TrackApiRoute.Unsuppress => V1(V1Reader.Bodiless(segments[3], person => new Change.Unsuppress(person)), single: true),
        TrackApiRoute.DeleteDevice => V1(V1Reader.Bodiless(segments[3], person => new Change.DeleteDevice(person, segments[5])), single: false),
        TrackApiRoute.Entity => Entity(body),
        TrackApiRoute.Batch => Batch(body),
        TrackApiRoute.MethodNotAllowed => Answer.MethodNotAllowed,
        _ => Answer.NotFound,
    };

    private Answer Region(int port) => Answer.Json(StatusCodes.Status200OK, new JsonObject
    {
        ["url"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
        ["region"] = region,
        ["environment_id"] = 1,
    });

    private Answer V1(ReadOnlyMemory<byte> body, bool single, Func<JsonElement, long, Reading> read)
    {
        using JsonDocument? json = JsonBody.Parse(body);
        return V1(json switch
        {
            null => Reading.Of(Problem.MalformedJson),
            { RootElement.ValueKind: not JsonValueKind.Object } => Reading.Of(Problem.BodyNotObject),
            _ => read(json.RootElement, Now()),
        }, single);
    }

    /// <param name="reading">The call.</param>
    /// <param name="single">Whether the operation names one error (<c>meta.error</c>) or all (<c>meta.errors</c>).</param>
    private Answer V1(Reading reading, bool single)
    {
        switch (reading)
        {
            case Reading.Understood(var change):
                workspace.Apply(change);
                return Answer.Accepted;
            case Reading.Refused(var problems) when single:
                return Answer.MetaError(StatusCodes.Status400BadRequest, problems[0].Message);
            default:
                return Answer.MetaErrors(((Reading.Refused)reading).Problems);
        }
    }

    private Answer Entity(ReadOnlyMemory<byte> body)
    {
        using JsonDocument? json = JsonBody.Parse(body);
        switch (json is null ? Reading.Of(Problem.MalformedJson) : V2Reader.Read(json.RootElement, Now()))
        {
            case Reading.Refused(var problems):
                return Refused(problems);
            case Reading.Understood(var change):
                workspace.Apply(change);
                break;
        }

        return Answer.Accepted;
    }

    /// <summary>Items are taken one by one, in their order; 207 names those that were not, even when it is all of them.</summary>
    private Answer Batch(ReadOnlyMemory<byte> body)
    {
        if (body.Length > TrackApiLimits.MaxBatchBytes)
        {
            return Refused([Problem.BatchTooLong]);
        }

        using JsonDocument? json = JsonBody.Parse(body);
        if (json is null)
        {
            return Refused([Problem.MalformedJson]);
        }

        if (json.RootElement.ValueKind is not JsonValueKind.Object || json.RootElement.Find("batch") is not { ValueKind: JsonValueKind.Array } batch)
        {
            return Refused([Problem.BatchNotArray]);
        }

        var refused = new List<(int? Index, Problem Problem)>();
        long now = Now();
        foreach ((int index, JsonElement item) in batch.EnumerateArray().Index())
        {
            switch (V2Reader.Read(item, now))
            {
                case Reading.Understood(var change):
                    workspace.Apply(change);
                    break;
                case Reading.Refused(var problems):
                    refused.AddRange(problems.Select(problem => ((int?)index, problem)));
                    break;
            }
        }

        return refused.Count == 0 ? Answer.Accepted : Answer.Errors(StatusCodes.Status207MultiStatus, refused);
    }

    private static Answer Refused(IEnumerable<Problem> problems) =>
        Answer.Errors(StatusCodes.Status400BadRequest, [.. problems.Select(problem => ((int?)null, problem))]);

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
