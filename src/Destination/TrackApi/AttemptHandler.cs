using System.Diagnostics;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Telemetry;

namespace CustomerIoDestination.TrackApi;

/// <summary>
/// One call on the wire, innermost in the pipeline: reads the answer under the attempt's deadline, bounded, and makes it harmless before
/// anybody else sees it; measures it; tells the limiter of a 429.
/// </summary>
internal sealed class AttemptHandler(RequestLimiter limiter, DestinationMetrics metrics, TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        TrackApiCall call = (TrackApiCall)request;
        call.Calls++;
        call.Answer = null;
        long start = time.GetTimestamp();
        using Activity? activity = DestinationTracing.StartCall(call.Method.Method, call.Route, call.RequestUri!.Host, call.Calls);
        try
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            await ReadAsync(call, response, cancellationToken);
            int status = (int)response.StatusCode;
            metrics.Called(call.Route, call.Method, AnswerTable.HttpCode(status), time.GetElapsedTime(start));
            DestinationTracing.EndCall(activity, status, status >= 400 ? AnswerTable.HttpCode(status) : null);
            return response;
        }
        catch (Exception exception)
        {
            string code = TransportFailure.Code(exception);
            if (TransportFailure.Is(exception) || exception is OperationCanceledException)
            {
                call.Answer = new TrackApiAnswer.Unavailable(code, null, null);
            }

            metrics.Called(call.Route, call.Method, code, time.GetElapsedTime(start));
            DestinationTracing.EndCall(activity, status: null, code);
            throw;
        }
    }

    private async ValueTask ReadAsync(TrackApiCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        if (status == 429 && limiter.Slow())
        {
            metrics.RateLowered();
        }

        TimeSpan? retryAfter = status < 400 ? null : RetryAfter.Read(response.Headers, time.GetUtcNow());
        if (status == 429 && retryAfter is { } wait)
        {
            limiter.Hold(RetryAfter.Bounded(wait));
        }

        try
        {
            using BoundedBody body = await BoundedBody.ReadAsync(response.Content, call.MaxAnswerBytes, cancellationToken);
            call.Answer = call.IsPing && status is >= 200 and < 300
                ? RegionAnswer.Read(status, body.Span)
                : AnswerTable.Read(status, body.Span, body.IsWhole, retryAfter);
        }
        catch (Exception exception) when (status is < 200 or >= 300 && TransportFailure.Is(exception))
        {
            // The status of an error says enough without its body; a success without its body is none.
            call.Answer = AnswerTable.Read(status, [], whole: false, retryAfter);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
