using System.Diagnostics;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Queueing;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>POST /api/preview</c>: shows what would be sent. Nothing is sent, nothing stored, and delete and suppress events count.</summary>
internal static class PreviewEndpoint
{
    public static async Task<IResult> PostAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        if (!LaneHeader.TryRead(request, out Lane? lane))
        {
            return ApiErrors.UnknownLane;
        }

        BodyResult body = await RequestBody.ReadAsync(request, ports.MaxBodyBytes, admission.Signature);
        if (body.Refusal is { } refusal)
        {
            return refusal;
        }

        var ingest = new IngestRequest(lane, LifecycleAllowed: true, TraceParent: null);
        return ports.Preview.Preview(body.Bytes, ingest) switch
        {
            PreviewResult.Items items => new WrittenAnswer<IReadOnlyList<PreviewItem>>(items.Values, PreviewJson.Write),
            PreviewResult.TooManyItems tooMany => ApiErrors.TooManyItems(tooMany.Limit),
            _ => throw new UnreachableException(),
        };
    }
}
