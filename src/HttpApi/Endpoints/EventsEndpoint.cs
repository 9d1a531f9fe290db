using System.Diagnostics;
using System.Text.Json;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>POST /api/events</c>: takes events and answers when the queue has them.</summary>
internal static class EventsEndpoint
{
    public static async Task<IResult> PostAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        if (admission.FromBrowser && ports.BrowserRate.Value.WhyWait(ports.Callers.Of(request.HttpContext)) is { } wait)
        {
            return ApiErrors.TooMany(wait);
        }

        SentEvents sent = await SentEvents.ReadAsync(request, admission, ports);
        if (sent.Refusal is { } refusal)
        {
            return refusal;
        }

        var ingest = new IngestRequest(sent.Lane, admission.LifecycleAllowed, TraceParent())
        {
            AsOfNow = sent.AsOfNow,
            FromBrowser = admission.FromBrowser,
            Rate = admission.FromBrowser ? ports.BrowserRate.Value : null,
        };
        IngestResult result = await ports.Ingester.IngestAsync(sent.Body, ingest, request.HttpContext.RequestAborted);
        return result switch
        {
            IngestResult.Ingested ingested => new WrittenAnswer<IngestResult.Ingested>(ingested, Write, StatusOf(ingested)),
            IngestResult.TooManyItems items => ApiErrors.TooManyItems(items.Limit),
            IngestResult.TooLarge tooLarge => ApiErrors.BodyTooLarge(tooLarge.Limit),
            IngestResult.TooMany tooMany => ApiErrors.TooMany(tooMany.RetryAfter),
            IngestResult.Unavailable unavailable => ApiErrors.Unavailable(unavailable.Code, unavailable.RetryAfter),
            _ => throw new UnreachableException(),
        };
    }

    private static int StatusOf(IngestResult.Ingested ingested)
    {
        bool everyItemRejected = ingested.Rejected.Count > 0 && ingested.EventIds.Count == 0 && ingested.Skipped == 0;
        return everyItemRejected ? StatusCodes.Status400BadRequest : StatusCodes.Status202Accepted;
    }

    private static string? TraceParent() => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    private static void Write(Utf8JsonWriter writer, IngestResult.Ingested ingested)
    {
        writer.WriteStartObject();
        writer.WriteNumber("accepted"u8, ingested.EventIds.Count);
        writer.WriteNumber("skipped"u8, ingested.Skipped);
        writer.WriteStartArray("eventIds"u8);
        for (int index = 0; index < ingested.EventIds.Count; index++)
        {
            writer.WriteStringValue(ingested.EventIds[index]);
        }

        writer.WriteEndArray();
        writer.WriteObjects("rejected"u8, ingested.Rejected, WriteRejected);
        writer.WriteEndObject();
    }

    private static void WriteRejected(Utf8JsonWriter writer, RejectedItem item)
    {
        writer.WriteNumber("index"u8, item.Index);
        writer.WriteString("code"u8, item.Code);
        writer.WriteString("message"u8, item.Message);
    }
}

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
            BodyResult small = await ports.Bodies.ReadAsync(request, Math.Min(IngestRequest.BrowserBodyBytes, ports.Settings.Ingest.MaxBodyBytes), signature: null, ofStranger: true);
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

        BodyResult body = await ports.Bodies.ReadAsync(request, ports.Settings.Ingest.MaxBodyBytes, admission.Signature);
        return new SentEvents(body.Bytes, lane, asOfNow, body.Refusal);
    }
}

/// <summary>The headers of backfills: <c>X-Lane</c>, <c>import</c> or <c>live</c>, and <c>X-As-Of-Now</c>, <c>true</c> or <c>false</c>; without them it is none.</summary>
internal static class BackfillHeaders
{
    /// <summary>Reads the lane; false when the header names none. <paramref name="lane"/> is null when it is absent.</summary>
    public static bool TryReadLane(HttpRequest request, out Lane? lane)
    {
        string? name = RequestHeaders.Read(request, RequestHeaders.Lane);
        lane = Codes.Parse<Lane>(name, ignoreCase: true);
        return name is null || lane is not null;
    }

    /// <summary>Reads whether identifies count as of now; false when the header says neither yes nor no.</summary>
    public static bool TryReadAsOfNow(HttpRequest request, out bool asOfNow)
    {
        string? text = RequestHeaders.Read(request, RequestHeaders.AsOfNow);
        asOfNow = false;
        return text is null || bool.TryParse(text, out asOfNow);
    }
}
