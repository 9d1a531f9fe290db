using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>POST /api/destination/resume</c>: ends a pause for <c>everything_rejected</c>.</summary>
public sealed class ResumeDestination(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(ResumeDestination))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/destination/resume")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.ResumeDestination, request);
}
