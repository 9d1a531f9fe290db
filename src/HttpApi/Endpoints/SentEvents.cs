using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Model;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary>What a sender of events asks for, or why it can't be read.</summary>
/// <param name="Body">One event or several, not yet taken apart.</param>
/// <param name="Lane">The lane it names; null when it names none.</param>
/// <param name="AsOfNow">Whether its identifies count as of now.</param>
/// <param name="Refusal">Why it was not read; null when it was.</param>
internal readonly record struct SentEvents(ReadOnlyMemory<byte> Body, Lane? Lane, bool AsOfNow, ApiError? Refusal)
{
    public static async Task<SentEvents> ReadAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        if (admission.FromBrowser)
        {
            BodyResult small = await ports.Bodies.ReadAsync(request, Math.Min(IngestRequest.BrowserBodyBytes, ports.MaxBodyBytes), signature: null, ofStranger: true);
            return new SentEvents(small.Bytes, null, false, small.Refusal);
        }

        if (!BackfillHeaders.TryReadLane(request, out Lane? lane))
        {
            return new SentEvents(default, null, false, ApiErrors.UnknownLane);
        }

        if (!BackfillHeaders.TryReadAsOfNow(request, out bool asOfNow))
        {
            return new SentEvents(default, null, false, ApiErrors.UnknownAsOfNow);
        }

        BodyResult body = await ports.Bodies.ReadAsync(request, ports.MaxBodyBytes, admission.Signature);
        return new SentEvents(body.Bytes, lane, asOfNow, body.Refusal);
    }
}
