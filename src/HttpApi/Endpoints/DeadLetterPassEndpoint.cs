using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.HttpApi.Contracts;
using CustomerIoDestination.Ports;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>POST /api/dead-letters/replay</c> and <c>…/discard</c>: one bounded pass each; callers repeat while <c>more</c> is true.</summary>
internal static class DeadLetterPassEndpoint
{
    public static async Task<IResult> ReplayAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        SelectionResult read = await ReadAsync(request, ports, mayBeAsOfNow: true);
        if (read.Selection is null)
        {
            return read.Refusal!;
        }

        DeadLetterPass pass = await ports.DeadLetters.ReplayAsync(read.Selection, read.AsOfNow, request.HttpContext.RequestAborted);
        return TypedResults.Json(ReplayBody.Of(pass, read.AsOfNow || ports.Settings.Mapping.AsOfNow), ApiJson.Answers.ReplayBody);
    }

    public static async Task<IResult> DiscardAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        SelectionResult read = await ReadAsync(request, ports, mayBeAsOfNow: false);
        if (read.Selection is null)
        {
            return read.Refusal!;
        }

        DeadLetterPass pass = await ports.DeadLetters.DiscardAsync(read.Selection, request.HttpContext.RequestAborted);
        return TypedResults.Json(DiscardBody.Of(pass), ApiJson.Answers.DiscardBody);
    }

    private static async Task<SelectionResult> ReadAsync(HttpRequest request, DestinationPorts ports, bool mayBeAsOfNow)
    {
        BodyResult body = await ports.Bodies.ReadAsync(request, ports.MaxBodyBytes, signature: null);
        return body.Refusal is { } refusal ? SelectionResult.Refused(refusal) : SelectionBody.Read(body.Bytes.Span, mayBeAsOfNow);
    }
}
