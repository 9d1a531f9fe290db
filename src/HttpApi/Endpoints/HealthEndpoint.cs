using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Contracts;
using CustomerIoDestination.Ports;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

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
            _ => ApiErrors.QueueUnavailable,
        };
    }
}
