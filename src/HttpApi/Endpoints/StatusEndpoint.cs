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
        return TypedResults.Json(StatusBody.Of(await delivery, await queue, ports.Rules, ports.DeliversToSandbox, ports.Time.GetUtcNow()), ApiJson.Answers.StatusBody);
    }
}
