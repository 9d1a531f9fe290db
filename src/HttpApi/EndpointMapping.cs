using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.HttpApi;

/// <summary>Maps the routes in an ASP.NET Core host.</summary>
public static class EndpointMapping
{
    /// <summary>Maps <see cref="ApiRoutes.All"/> and the fallback, so that every path has an answer with a body.</summary>
    public static IEndpointRouteBuilder MapDestinationApi(this IEndpointRouteBuilder endpoints)
    {
        DestinationApi api = endpoints.ServiceProvider.GetRequiredService<DestinationApi>();
        foreach (ApiRoute route in ApiRoutes.All)
        {
            endpoints.MapMethods(route.Pattern, [route.Method], Answer(api, route)).WithDisplayName(route.Name);
        }

        endpoints.Map(ApiRoutes.Fallback.Pattern, Answer(api, ApiRoutes.Fallback)).WithDisplayName(ApiRoutes.Fallback.Name).WithOrder(int.MaxValue);
        return endpoints;
    }

    // A RequestDelegate, not a handler with parameters: no binding, no filters, nothing between the socket and the endpoint.
    private static RequestDelegate Answer(DestinationApi api, ApiRoute route) => async context =>
    {
        IResult result = await api.HandleAsync(route, context.Request);
        await result.ExecuteAsync(context);
    };
}

/// <summary>What no route matches: 404, or 405 where the path is known and only the method is wrong.</summary>
internal static class FallbackEndpoint
{
    public static Task<IResult> AnswerAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        string allowed = string.Join(", ", ApiRoutes.All.Where(route => Matches(route, request.Path)).Select(route => route.Method).Distinct(StringComparer.Ordinal));
        return Task.FromResult<IResult>(allowed.Length > 0 ? ApiErrors.MethodNotAllowed(allowed) : ApiErrors.UnknownRoute);
    }

    private static bool Matches(ApiRoute route, PathString path) =>
        new TemplateMatcher(TemplateParser.Parse(route.Pattern), []).TryMatch(path, []);
}
