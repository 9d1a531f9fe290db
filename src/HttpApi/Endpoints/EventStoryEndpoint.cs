using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Contracts;
using CustomerIoDestination.Model;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>GET /api/events/{eventId}</c>: the story of one event.</summary>
internal static class EventStoryEndpoint
{
    public static async Task<IResult> GetAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        EventStory? story = await ports.DeliveryLog.FindStoryAsync(PathValue.Last(request), request.HttpContext.RequestAborted);
        return story is null ? ApiErrors.UnknownEvent : TypedResults.Json(EventStoryBody.Of(story, ports.Control.FindFailing(story.EventId)), ApiJson.Answers.EventStoryBody);
    }
}
