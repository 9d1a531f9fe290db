using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>POST /api/people/forget</c>: forgets a person.</summary>
public sealed class ForgetPerson(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(ForgetPerson))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/people/forget")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.ForgetPerson, request);
}
