using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using TrackApiSandbox.Faults;
using TrackApiSandbox.Recording;
using TrackApiSandbox.Snapshots;
using TrackApiSandbox.State;
using TrackApiSandbox.TrackApi;

namespace TrackApiSandbox.Http;

/// <summary>The sandbox's own routes under <c>/sandbox</c>: what it knows, what it received, and what shall go wrong. They need no key.</summary>
internal sealed class ControlRoutes(Workspace workspace, RequestLog requests, FaultPlan faults, bool anywhere)
{
    private const int DefaultPage = 100;

    public Task AnswerAsync(HttpContext context, string[] segments, ReadOnlyMemory<byte> body)
    {
        if (IsForeign(context.Request))
        {
            return Answer.Forbidden.WriteAsync(context);
        }

        switch (context.Request.Method, segments)
        {
            case ("GET", ["sandbox", "state"]):
                return WriteAsync(context, workspace.Snapshot(), SandboxJson.Default.SandboxState);
            case ("DELETE", ["sandbox", "state"]):
                workspace.Clear();
                requests.Clear();
                return Answer.Accepted.WriteAsync(context);
            case ("GET", ["sandbox", "people", var identifier]):
                return workspace.FindPerson(identifier) is { } person
                    ? WriteAsync(context, person, SandboxJson.Default.SandboxPerson)
                    : Answer.NotFound.WriteAsync(context);
            case ("GET", ["sandbox", "requests"]):
                return WriteAsync(context, Requests(context.Request.Query), SandboxJson.Default.RequestPage);
            case ("GET", ["sandbox", "stats"]):
                return WriteAsync(context, requests.Stats(workspace.Totals()), SandboxJson.Default.SandboxStats);
            case ("POST", ["sandbox", "assert"]):
                return Assert(body).WriteAsync(context);
            case ("POST", ["sandbox", "faults"]):
                return AddFault(body).WriteAsync(context);
            case ("DELETE", ["sandbox", "faults"]):
                faults.Clear();
                return Answer.Accepted.WriteAsync(context);
            case (_, ["sandbox", "state" or "requests" or "stats" or "faults" or "assert"] or ["sandbox", "people", _]):
                return Answer.MethodNotAllowed.WriteAsync(context);
            default:
                return Answer.NotFound.WriteAsync(context);
        }
    }

    /// <summary>
    /// A page from elsewhere in the same browser must neither read people nor change anything: it is told by what the browser says of it, or by a name that leads here.
    /// A change is refused to a page of another port of this machine too, which browsers call the same site. Where it listens anywhere, names without a dot (a
    /// container's) and addresses are its own too: nobody can make one of those lead here.
    /// </summary>
    private bool IsForeign(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] == "cross-site"
        || !(request.Host.Host is "127.0.0.1" or "localhost" || (anywhere && (!request.Host.Host.Contains('.') || IPAddress.TryParse(request.Host.Host, out _))))
        || (!HttpMethods.IsGet(request.Method) && request.Headers.Origin.Any(origin => !string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)));

    private static long Number(IQueryCollection query, string name, long otherwise) =>
        long.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : otherwise;

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = Answer.JsonContentType;
        return JsonSerializer.SerializeAsync(context.Response.BodyWriter, value, type, context.RequestAborted);
    }

    private RequestPage Requests(IQueryCollection query)
    {
        long after = Number(query, "after", 0);
        IReadOnlyList<ReceivedRequest> items = requests.After(after, (int)Math.Min(Number(query, "limit", DefaultPage), RequestLog.Capacity));
        return new RequestPage(items, items.Count > 0 ? items[^1].Sequence : after);
    }

    /// <summary>200 where everything holds, else 422, each with the differences: a script needs to look at the status alone.</summary>
    private Answer Assert(ReadOnlyMemory<byte> body)
    {
        try
        {
            IReadOnlyList<string> differences = Assertion.Differences(
                body.Span,
                JsonSerializer.SerializeToNode(workspace.Snapshot(), SandboxJson.Default.SandboxState)!,
                JsonSerializer.SerializeToNode(requests.Stats(workspace.Totals()), SandboxJson.Default.SandboxStats)!,
                identifier => workspace.FindPerson(identifier) is not null);
            JsonArray told = [.. differences.Select(difference => (JsonNode)difference)];
            return Answer.Json(
                differences.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
                new JsonObject { ["holds"] = differences.Count == 0, ["differences"] = told });
        }
        catch (Exception refusal) when (refusal is JsonException or InvalidOperationException or FormatException)
        {
            return Answer.MetaError(StatusCodes.Status400BadRequest, refusal.Message);
        }
    }

    private Answer AddFault(ReadOnlyMemory<byte> body)
    {
        try
        {
            faults.Add(JsonSerializer.Deserialize<Fault>(body.Span, JsonSerializerOptions.Web) ?? new Fault());
            return Answer.Accepted;
        }
        catch (JsonException refusal)
        {
            return Answer.MetaError(StatusCodes.Status400BadRequest, refusal.Message);
        }
        catch (ArgumentException refusal)
        {
            return Answer.MetaError(StatusCodes.Status400BadRequest, refusal.Message);
        }
    }
}
