using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Endpoints;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi;

/// <summary>
/// Every route there is. The local host maps them with <see cref="EndpointMapping.MapDestinationApi"/>; the Functions app has one function a route, whose
/// body is <see cref="DestinationApi.HandleAsync"/>.
/// </summary>
public static class ApiRoutes
{
    /// <summary>Takes events.</summary>
    public static ApiRoute IngestEvents { get; } = new("IngestEvents", "POST", "/api/events", RouteRequirement.Ingest, EventsEndpoint.PostAsync);

    /// <summary>Shows what would be sent.</summary>
    public static ApiRoute PreviewEvents { get; } = Admin("PreviewEvents", "POST", "/api/preview", PreviewEndpoint.PostAsync);

    /// <summary>Whether the queue takes events.</summary>
    public static ApiRoute Health { get; } = new("Health", "GET", "/api/health", RouteRequirement.Public, HealthEndpoint.GetAsync)
    {
        // A queue that can't say whether it takes events does not.
        WhenBroken = ApiErrors.QueueUnavailable,
    };

    /// <summary>State, queue, rate and counts.</summary>
    public static ApiRoute Status { get; } = Admin("Status", "GET", "/api/status", StatusEndpoint.GetAsync);

    /// <summary>What became of events, newest first.</summary>
    public static ApiRoute Deliveries { get; } = Admin("Deliveries", "GET", "/api/deliveries", DeliveriesEndpoint.GetAsync);

    /// <summary>The story of one event.</summary>
    public static ApiRoute EventStory { get; } = Admin("EventStory", "GET", "/api/events/{eventId}", EventStoryEndpoint.GetAsync);

    /// <summary>Ends a pause for <c>everything_rejected</c>.</summary>
    public static ApiRoute ResumeDestination { get; } = Mutation("ResumeDestination", "/api/destination/resume", ResumeEndpoint.PostAsync);

    /// <summary>The dead letters, oldest first.</summary>
    public static ApiRoute DeadLetters { get; } = Admin("DeadLetters", "GET", "/api/dead-letters", DeadLettersEndpoint.ListAsync);

    /// <summary>One dead letter with its event.</summary>
    public static ApiRoute DeadLetter { get; } = Admin("DeadLetter", "GET", "/api/dead-letters/{id}", DeadLettersEndpoint.GetAsync);

    /// <summary>Sends dead letters again.</summary>
    public static ApiRoute ReplayDeadLetters { get; } = Mutation("ReplayDeadLetters", "/api/dead-letters/replay", DeadLetterPassEndpoint.ReplayAsync);

    /// <summary>Removes dead letters for good.</summary>
    public static ApiRoute DiscardDeadLetters { get; } = Mutation("DiscardDeadLetters", "/api/dead-letters/discard", DeadLetterPassEndpoint.DiscardAsync);

    /// <summary>Forgets a person.</summary>
    public static ApiRoute ForgetPerson { get; } = Mutation("ForgetPerson", "/api/people/forget", PeopleEndpoint.ForgetAsync);

    /// <summary>Ends the time in which a forgotten person's events are skipped.</summary>
    public static ApiRoute LiftForgetting { get; } = new("LiftForgetting", "DELETE", "/api/people/forget", RouteRequirement.Admin, PeopleEndpoint.LiftAsync) { Mutating = true };

    /// <summary>The operator's page.</summary>
    public static ApiRoute Page { get; } = Public("Page", "/", PageEndpoint.GetIndexAsync);

    /// <summary>The page's scripts, style and icon.</summary>
    public static ApiRoute PageFile { get; } = Public("PageFile", "/page/{file}", PageEndpoint.GetFileAsync);

    /// <summary>All of the above.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        IngestEvents, PreviewEvents, Health, Status, Deliveries, EventStory, ResumeDestination,
        DeadLetters, DeadLetter, ReplayDeadLetters, DiscardDeadLetters, ForgetPerson, LiftForgetting, Page, PageFile,
    ];

    /// <summary>Answers whatever no route matches, any method: 404, or 405 where only the method is wrong. Not part of <see cref="All"/>.</summary>
    public static ApiRoute Fallback { get; } = new("Fallback", "*", "/{**path}", RouteRequirement.Public, FallbackEndpoint.AnswerAsync);

    private static ApiRoute Public(string name, string pattern, ApiEndpoint endpoint) => new(name, "GET", pattern, RouteRequirement.Public, endpoint);

    private static ApiRoute Admin(string name, string method, string pattern, ApiEndpoint endpoint) => new(name, method, pattern, RouteRequirement.Admin, endpoint);

    private static ApiRoute Mutation(string name, string pattern, ApiEndpoint endpoint) => new(name, "POST", pattern, RouteRequirement.Admin, endpoint) { Mutating = true };
}

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
