using System.Diagnostics;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Telemetry;

/// <summary>
/// The spans of the destination: <c>deliver {kind}</c>, which continues the trace of the request that brought the event, and within it one
/// span a call to Customer.io, named by the route's template. No span holds an identifier, a full URL or a value.
/// </summary>
public static class DestinationTracing
{
    /// <summary>The name of the source and of the meter, to subscribe to.</summary>
    public const string Name = "CustomerIoDestination";

    private static readonly ActivitySource Source = new(Name);

    internal static Activity? StartDelivery(EventEnvelope envelope)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        ActivityContext parent = ActivityContext.TryParse(envelope.TraceParent, traceState: null, isRemote: true, out ActivityContext given) ? given : default;
        Activity? activity = Source.StartActivity($"deliver {envelope.Kind.ToCode()}", ActivityKind.Consumer, parent);
        activity?.SetTag("event.id", envelope.EventId);
        activity?.SetTag("event.kind", envelope.Kind.ToCode());
        activity?.SetTag("event.partition", envelope.Partition.ToString());
        return activity;
    }

    internal static void EndDelivery(Activity? activity, DeliveryAttempt attempt)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag("delivery.outcome", attempt.Outcome.ToCode());
        activity.SetTag("delivery.reason", attempt.Reason);
        activity.SetTag("delivery.attempts", attempt.Attempts);
        if (attempt.Outcome is AttemptOutcome.DeadLettered or AttemptOutcome.Released)
        {
            activity.SetStatus(ActivityStatusCode.Error, attempt.Reason);
        }

        activity.Dispose();
    }

    internal static Activity? StartCall(string method, string route, string host, int calls)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        Activity? activity = Source.StartActivity($"{method} {route}", ActivityKind.Client);
        activity?.SetTag("http.request.method", method);
        activity?.SetTag("url.template", route);
        activity?.SetTag("server.address", host);
        if (calls > 1)
        {
            activity?.SetTag("http.request.resend_count", calls - 1);
        }

        return activity;
    }

    /// <param name="activity">The span; null when nobody listens.</param>
    /// <param name="status">The HTTP status; null when no answer came.</param>
    /// <param name="error">The code of what went wrong; null when nothing did.</param>
    internal static void EndCall(Activity? activity, int? status, string? error)
    {
        if (activity is null)
        {
            return;
        }

        if (status is { } code)
        {
            activity.SetTag("http.response.status_code", code);
        }

        if (error is not null)
        {
            activity.SetTag("error.type", error);
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}
