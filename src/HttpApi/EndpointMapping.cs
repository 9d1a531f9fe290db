using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
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
