using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;

namespace CustomerIoDestination.HttpApi;

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
