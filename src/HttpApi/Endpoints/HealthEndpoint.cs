using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Contracts;
using CustomerIoDestination.Queueing;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>GET /api/health</c>: whether the queue takes events, whatever Customer.io does.</summary>
internal static class HealthEndpoint
{
    public static async Task<IResult> GetAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        QueueStatus queue = await ports.Queue.GetStatusAsync(request.HttpContext.RequestAborted);
        return queue.CanEnqueue ? Answer.With(HealthBody.Healthy, ApiJson.Default.HealthBody) : ApiErrors.QueueUnavailable;
    }
}
