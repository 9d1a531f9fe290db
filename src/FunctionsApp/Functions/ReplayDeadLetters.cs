using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>POST /api/dead-letters/replay</c>: sends dead letters again.</summary>
public sealed class ReplayDeadLetters(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(ReplayDeadLetters))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/dead-letters/replay")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.ReplayDeadLetters, request);
}
