using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Contracts;
using CustomerIoDestination.Ports;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>GET /api/status</c>: state, workspace, queue, rate, counts and rules.</summary>
internal static class StatusEndpoint
{
    public static async Task<IResult> GetAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        CancellationToken aborted = request.HttpContext.RequestAborted;
        Task<QueueStatus?> queue = ports.Queue.GetStatusAsync(aborted);
        Task<DeliveryStatus> delivery = ports.Control.GetStatusAsync(aborted);
        return TypedResults.Json(StatusBody.Of(await delivery, await queue, ports.Rules, ports.Host.DeliversToSandbox, ports.Time.GetUtcNow()), ApiJson.Answers.StatusBody);
    }
}

/// <summary><c>GET /api/health</c>: whether the queue takes events, whatever Customer.io does. Needs no key, so it must cost little.</summary>
internal static class HealthEndpoint
{
    public static async Task<IResult> GetAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        QueueHealth health = await ports.Queue.GetHealthAsync(request.HttpContext.RequestAborted);
        return health switch
        {
            QueueHealth.Taking => TypedResults.Json(HealthBody.Healthy, ApiJson.Answers.HealthBody),
            QueueHealth.Unreachable => ApiErrors.QueueUnreachable,
            QueueHealth.FileLost => ApiErrors.QueueFileLost,
            _ => ApiErrors.QueueUnavailable,
        };
    }
}

/// <summary><c>POST /api/destination/resume</c>: ends a pause for <c>everything_rejected</c>; answers with the state after it.</summary>
internal static class ResumeEndpoint
{
    public static async Task<IResult> PostAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        CancellationToken aborted = request.HttpContext.RequestAborted;
        await ports.Control.ResumeAsync(aborted);
        return TypedResults.Json(DestinationBody.Of(await ports.Control.GetStatusAsync(aborted), queue: null, ports.Time.GetUtcNow()), ApiJson.Answers.DestinationBody);
    }
}
