using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Contracts;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>GET /api/deliveries</c>: what became of events, newest first.</summary>
internal static class DeliveriesEndpoint
{
    public static async Task<IResult> GetAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        var parameters = new QueryParameters(request.Query);
        var query = new DeliveryLogQuery(
            parameters.Limit(),
            parameters.After(),
            parameters.Code<AttemptOutcome>("outcome"),
            parameters.Code<EventKind>("kind"));
        if (parameters.Problem is { } problem)
        {
            return problem;
        }

        DeliveryLogPage page = await ports.DeliveryLog.ListAsync(query, request.HttpContext.RequestAborted);
        return ReferenceEquals(page, DeliveryLogPage.OfNoPlace) ? ApiErrors.UnknownPlace : TypedResults.Json(DeliveriesBody.Of(page), ApiJson.Answers.DeliveriesBody);
    }
}

/// <summary><c>GET /api/events/{eventId}</c>: the story of one event.</summary>
internal static class EventStoryEndpoint
{
    public static async Task<IResult> GetAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        EventStory? story = await ports.DeliveryLog.FindStoryAsync(PathValue.Last(request), request.HttpContext.RequestAborted);
        return story is null ? ApiErrors.UnknownEvent : TypedResults.Json(EventStoryBody.Of(story, ports.Control.FindFailing(story.EventId)), ApiJson.Answers.EventStoryBody);
    }
}
