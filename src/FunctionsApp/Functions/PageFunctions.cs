using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /</c>: the operator's page. An empty route is not taken with the ASP.NET Core integration, so an optional segment that must be empty stands for it.</summary>
public sealed class Page(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(Page))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{ignored:maxlength(0)?}")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.Page, request);
}

/// <summary><c>GET /page/{file}</c>: the page's scripts, style and icon.</summary>
public sealed class PageFile(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(PageFile))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "page/{file}")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.PageFile, request);
}

/// <summary>Whatever no other function answers, any method: 404 or 405 with a body.</summary>
public sealed class Fallback(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(Fallback))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.Fallback, request);
}
