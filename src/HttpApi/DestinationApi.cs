using System.Globalization;
using System.Text;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Endpoints;
using CustomerIoDestination.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.HttpApi;

/// <summary>
/// The one way into every route, for both hosts: admits or refuses the request, lets the route's endpoint answer, and turns what it throws into an
/// error body. Made by <see cref="HttpApiRegistration.AddDestinationHttpApi"/>; thread-safe.
/// </summary>
public sealed partial class DestinationApi
{
    private readonly RequestGate _gate;
    private readonly DestinationPorts _ports;
    private readonly ILogger<DestinationApi> _logger;

    internal DestinationApi(RequestGate gate, DestinationPorts ports, ILogger<DestinationApi> logger)
    {
        _gate = gate;
        _ports = ports;
        _logger = logger;
    }

    /// <summary>Answers a request to one of <see cref="ApiRoutes"/>. The task never fails.</summary>
    /// <param name="route">The route that matched; its values are in the request.</param>
    /// <param name="request">The request, its body not read yet.</param>
    public async Task<IResult> HandleAsync(ApiRoute route, HttpRequest request)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        request.HttpContext.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            if (route == ApiRoutes.Fallback && _gate.AnswerPreflight(request) is { } preflight)
            {
                return preflight;
            }

            if (route == ApiRoutes.IngestEvents)
            {
                _gate.LetPageRead(request.HttpContext);
            }

            Admission admission = _gate.Admit(route.Requirement, route.Mutating, request);
            return admission.Refusal ?? await route.Endpoint(request, admission, _ports);
        }
        catch (Exception exception) when (IsCallerGone(exception, request))
        {
            return ApiErrors.CallerGone;
        }
        catch (BadHttpRequestException exception)
        {
            return ApiErrors.BadRequest(exception.StatusCode);
        }
        catch (IOException exception) when (exception.InnerException is OverflowException)
        {
            // The server's own reader of chunks meets a size beyond what a number holds, and does not call it a bad request.
            Log.NotReadable(_logger, route.Name);
            return ApiErrors.BadRequest(StatusCodes.Status400BadRequest);
        }
        catch (UnavailableException exception)
        {
            Log.StorageUnavailable(_logger, route.Name, exception.Code);
            return ApiErrors.Of(exception);
        }
        catch (Exception exception)
        {
            Log.RequestFailed(_logger, route.Name, FailureText.Of(exception));
            return route.WhenBroken;
        }
    }

    private static bool IsCallerGone(Exception exception, HttpRequest request) =>
        exception is ConnectionResetException
        || (exception is OperationCanceledException or IOException && request.HttpContext.RequestAborted.IsCancellationRequested);

    private static partial class Log
    {
        [LoggerMessage(EventId = 700, Level = LogLevel.Error, Message = "Request to {Route} failed: {Failure}.")]
        public static partial void RequestFailed(ILogger logger, string route, string failure);

        [LoggerMessage(EventId = 702, Level = LogLevel.Debug, Message = "Request to {Route} could not be read.")]
        public static partial void NotReadable(ILogger logger, string route);

        [LoggerMessage(EventId = 701, Level = LogLevel.Warning, Message = "Request to {Route} could not be answered: {Code}.")]
        public static partial void StorageUnavailable(ILogger logger, string route, string code);
    }
}

/// <summary>
/// An exception as text for the log: types, codes and stack, without the messages. A message is arbitrary text and may quote what it
/// failed on, and an event's values must never be logged.
/// </summary>
internal static class FailureText
{
    public static string Of(Exception exception)
    {
        var text = new StringBuilder();
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            text.Append(text.Length > 0 ? " caused by " : "")
                .Append(inner.GetType().FullName)
                .Append(CultureInfo.InvariantCulture, $" (0x{inner.HResult:X8})");
        }

        return text.AppendLine().Append(exception.StackTrace).ToString();
    }
}

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
