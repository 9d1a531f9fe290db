using System.Text;
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
