using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Endpoints;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi;

/// <summary>Answers one request that was admitted.</summary>
internal delegate Task<IResult> ApiEndpoint(HttpRequest request, Admission admission, DestinationPorts ports);

/// <summary>One route: what matches it, who may use it, what answers it. Both hosts are made from these.</summary>
public sealed class ApiRoute
{
    internal ApiRoute(string name, string method, string pattern, RouteRequirement requirement, ApiEndpoint endpoint)
    {
        Name = name;
        Method = method;
        Pattern = pattern;
        Requirement = requirement;
        Endpoint = endpoint;
    }

    /// <summary>The route's name, for instance <c>IngestEvents</c>; the Functions app names its functions alike.</summary>
    public string Name { get; }

    /// <summary>The HTTP method, upper case.</summary>
    public string Method { get; }

    /// <summary>The route pattern from the root, for instance <c>/api/dead-letters/{id}</c>.</summary>
    public string Pattern { get; }

    /// <summary>What a caller must show.</summary>
    public RouteRequirement Requirement { get; }

    /// <summary>
    /// Whether an operator changes something with it: it then needs <c>X-Requested-With: destination</c>, which no other site's
    /// page can send without being asked first.
    /// </summary>
    public bool Mutating { get; internal init; }

    internal ApiEndpoint Endpoint { get; }

    /// <summary>What is answered when the endpoint throws.</summary>
    internal ApiError WhenBroken { get; init; } = ApiErrors.Internal;

    /// <summary>Method and pattern.</summary>
    public override string ToString() => $"{Method} {Pattern}";
}
