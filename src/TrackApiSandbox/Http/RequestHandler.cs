using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using TrackApiSandbox.Faults;
using TrackApiSandbox.Recording;
using TrackApiSandbox.Snapshots;
using TrackApiSandbox.TrackApi;

namespace TrackApiSandbox.Http;

/// <summary>
/// Every request passes here, without routing or binding in between: the sandbox must not be the slow part of a measurement.
/// Order for a Track API call: read, log, fault, authenticate, change, answer.
/// </summary>
internal sealed class RequestHandler(
    TrackApiEndpoints trackApi,
    ControlRoutes control,
    RequestLog requests,
    FaultPlan faults,
    BasicCredentials credentials,
    TimeProvider time,
    CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        string[]? segments = RequestTarget.Segments(target);
        using RequestBody body = await RequestBody.ReadAsync(context.Request.Body, TrackApiLimits.MaxBodyBytes, context.RequestAborted);
        if (segments is ["sandbox", ..])
        {
            await control.AnswerAsync(context, segments, body.Bytes);
            return;
        }

        TrackApiRoute route = segments is null ? TrackApiRoute.NotFound : TrackApiRoutes.Find(context.Request.Method, segments);
        ReceivedRequest received = requests.Receive(route, context.Request.Method, target, body.Bytes.Span);
        Fault? fault = faults.Strike(target, body.Bytes.Span);
        if (fault is { DelayMs: > 0 })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMs), time, stopping);
        }

        Answer change = fault is { PreventsChange: true } ? default : Respond(context, route, segments, body);
        Answer answer = fault is { Status: { } status } ? Instead(fault, status) : change;
        bool isWhole = fault is not ({ CutsConnection: true } or { PartialBody: true });
        requests.Decide(received, change.IsSuccess, change.RefusedItems, isWhole ? answer.Status : null);
        if (fault is not { CutsConnection: true })
        {
            await (isWhole ? answer.WriteAsync(context) : answer.WriteHalfAsync(context));
        }

        if (!isWhole)
        {
            context.Abort();
        }
    }

    private static Answer Instead(Fault fault, int status)
    {
        Answer answer = fault.Body is { } text ? new Answer(status, Encoding.UTF8.GetBytes(text)) : Answer.MetaError(status, "fault of the sandbox");
        return answer with { RetryAfter = fault.RetryAfter };
    }

    private Answer Respond(HttpContext context, TrackApiRoute route, string[]? segments, RequestBody body)
    {
        if (!credentials.Accept(context.Request.Headers.Authorization))
        {
            return Answer.Unauthorized;
        }

        if (segments is null)
        {
            return Answer.MetaError(StatusCodes.Status400BadRequest, Problem.MalformedPath.Message);
        }

        return body.IsTooLarge
            ? Answer.MetaError(StatusCodes.Status413PayloadTooLarge, Problem.BodyTooLarge.Message)
            : trackApi.Handle(route, segments, body.Bytes, context.Connection.LocalPort);
    }
}

/// <summary>Writes answers to the wire.</summary>
internal static class AnswerWriter
{
    /// <summary>Writes the headers of the whole and the first half of the body.</summary>
    public static async Task WriteHalfAsync(this Answer answer, HttpContext context)
    {
        string retry = answer.RetryAfter is null ? "" : $"Retry-After: {answer.RetryAfter}\r\n";
        byte[] head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {answer.Status} Half\r\nContent-Type: {Answer.JsonContentType}\r\n{retry}Content-Length: {answer.Body.Length}\r\n\r\n"));

        byte[] half = [.. head, .. answer.Body.Span[..(answer.Body.Length / 2)]];

        // Past the server, which buffers, and would drop the buffer with the connection.
        await context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.SendAsync(half, context.RequestAborted);
    }

    /// <summary>Writes the whole.</summary>
    public static Task WriteAsync(this Answer answer, HttpContext context)
    {
        HttpResponse response = context.Response;
        response.StatusCode = answer.Status;
        if (answer.RetryAfter is not null)
        {
            response.Headers.RetryAfter = answer.RetryAfter;
        }

        if (answer.Status is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
        {
            return Task.CompletedTask;
        }

        response.ContentType = Answer.JsonContentType;
        response.ContentLength = answer.Body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted).AsTask();
    }
}

/// <summary>HTTP Basic with site id and API key. Null lets in any part that is not empty.</summary>
internal sealed class BasicCredentials(string? siteId, string? apiKey)
{
    private const string Scheme = "Basic ";
    private string? _lastAccepted;

    public bool Accept(string? authorization)
    {
        if (authorization is null)
        {
            return false;
        }

        if (string.Equals(authorization, _lastAccepted, StringComparison.Ordinal))
        {
            return true;
        }

        bool accepted = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && AcceptToken(authorization[Scheme.Length..].Trim());
        if (accepted)
        {
            _lastAccepted = authorization;
        }

        return accepted;
    }

    /// <summary>Customer.io's Go client encodes with the URL alphabet, the others with the standard one; both work there.</summary>
    private bool AcceptToken(string token)
    {
        byte[] decoded = new byte[token.Length];
        if (!Convert.TryFromBase64String(token.Replace('-', '+').Replace('_', '/'), decoded, out int length))
        {
            return false;
        }

        string credentials = Encoding.UTF8.GetString(decoded, 0, length);
        int colon = credentials.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Matches(siteId, credentials[..colon]) && Matches(apiKey, credentials[(colon + 1)..]);
    }

    private static bool Matches(string? expected, string given) => expected is null ? given.Length > 0 : expected == given;
}
