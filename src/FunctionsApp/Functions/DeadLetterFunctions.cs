using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /api/dead-letters</c>: the dead letters, oldest first.</summary>
public sealed class DeadLetters(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(DeadLetters))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/dead-letters")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.DeadLetters, request);
}

/// <summary><c>GET /api/dead-letters/{id}</c>: one dead letter with its event.</summary>
public sealed class DeadLetter(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(DeadLetter))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/dead-letters/{id}")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.DeadLetter, request);
}

/// <summary><c>POST /api/dead-letters/discard</c>: removes dead letters for good.</summary>
public sealed class DiscardDeadLetters(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(DiscardDeadLetters))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/dead-letters/discard")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.DiscardDeadLetters, request);
}

/// <summary><c>POST /api/dead-letters/replay</c>: sends dead letters again.</summary>
public sealed class ReplayDeadLetters(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(ReplayDeadLetters))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/dead-letters/replay")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.ReplayDeadLetters, request);
}
