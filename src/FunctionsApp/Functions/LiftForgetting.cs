using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>DELETE /api/people/forget</c>: ends the time in which a forgotten person's events are skipped.</summary>
public sealed class LiftForgetting(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(LiftForgetting))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/people/forget")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.LiftForgetting, request);
}
