using System.Diagnostics;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Preview;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>POST /api/preview</c>: shows what would be sent. Nothing is sent, nothing stored, and delete and suppress events count.</summary>
internal static class PreviewEndpoint
{
    public static async Task<IResult> PostAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        SentEvents sent = await SentEvents.ReadAsync(request, admission, ports);
        if (sent.Refusal is { } refusal)
        {
            return refusal;
        }

        var ingest = new IngestRequest(sent.Lane, LifecycleAllowed: true, TraceParent: null) { AsOfNow = sent.AsOfNow };
        return ports.Preview.Preview(sent.Body, ingest) switch
        {
            PreviewResult.Items items => new WrittenAnswer<IReadOnlyList<PreviewItem>>(items.Values, PreviewJson.Write),
            PreviewResult.TooManyItems tooMany => ApiErrors.TooManyItems(tooMany.Limit),
            PreviewResult.TooLarge tooLarge => ApiErrors.BodyTooLarge(tooLarge.Limit),
            _ => throw new UnreachableException(),
        };
    }
}
