using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Contracts;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

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
