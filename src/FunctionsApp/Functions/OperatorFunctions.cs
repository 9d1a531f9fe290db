using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /api/health</c>: whether the queue takes events.</summary>
public sealed class Health(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(Health))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.Health, request);
}

/// <summary><c>GET /api/status</c>: state, queue, rate and counts.</summary>
public sealed class Status(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(Status))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/status")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.Status, request);
}

/// <summary><c>POST /api/destination/resume</c>: ends a pause for <c>everything_rejected</c>.</summary>
public sealed class ResumeDestination(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(ResumeDestination))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/destination/resume")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.ResumeDestination, request);
}

/// <summary><c>POST /api/people/forget</c>: forgets a person.</summary>
public sealed class ForgetPerson(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(ForgetPerson))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/people/forget")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.ForgetPerson, request);
}

/// <summary><c>DELETE /api/people/forget</c>: ends the time in which a forgotten person's events are skipped.</summary>
public sealed class LiftForgetting(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(LiftForgetting))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/people/forget")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.LiftForgetting, request);
}
