using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.HttpApi.Contracts;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>GET /api/dead-letters</c> and <c>GET /api/dead-letters/{id}</c>.</summary>
internal static class DeadLettersEndpoint
{
    public static async Task<IResult> ListAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        var parameters = new QueryParameters(request.Query);
        var query = new DeadLetterQuery(
            parameters.Code<DeadLetterReason>("reason"),
            parameters.Limit(),
            parameters.After());
        if (parameters.Problem is { } problem)
        {
            return problem;
        }

        DeadLetterPage page = await ports.DeadLetters.ListAsync(query, request.HttpContext.RequestAborted);
        return ReferenceEquals(page, DeadLetterPage.OfNoPlace) ? ApiErrors.UnknownPlace : TypedResults.Json(DeadLettersBody.Of(page), ApiJson.Answers.DeadLettersBody);
    }

    public static async Task<IResult> GetAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        DeadLetterDetail? detail = await ports.DeadLetters.FindAsync(PathValue.Last(request), request.HttpContext.RequestAborted);
        return detail is null ? ApiErrors.UnknownDeadLetter : new WrittenAnswer<DeadLetterDetail>(detail, DeadLetterDetailJson.Write);
    }
}

/// <summary><c>POST /api/dead-letters/replay</c> and <c>…/discard</c>: one bounded pass each; callers repeat while <c>more</c> is true, with the <c>bound</c> they were given.</summary>
internal static class DeadLetterPassEndpoint
{
    public static async Task<IResult> ReplayAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        SelectionResult read = await ReadAsync(request, ports, mayBeAsOfNow: true);
        if (read.Selection is null)
        {
            return read.Refusal!;
        }

        CancellationToken aborted = request.HttpContext.RequestAborted;
        DeadLetterPass pass = read.Selection is DeadLetterSelection.Ids { Values: [] }
            ? new DeadLetterPass(0, 0, [], More: false, read.Run!.Value)
            : await ports.DeadLetters.ReplayAsync(read.Selection, read.AsOfNow, read.Run, aborted);
        ReplayResult result = await ports.DeadLetters.FindResultAsync(pass.Run, aborted);
        return TypedResults.Json(ReplayBody.Of(pass, result, read.AsOfNow || ports.Settings.Mapping.AsOfNow), ApiJson.Answers.ReplayBody);
    }

    public static async Task<IResult> DiscardAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        SelectionResult read = await ReadAsync(request, ports, mayBeAsOfNow: false);
        if (read.Selection is null)
        {
            return read.Refusal!;
        }

        DeadLetterPass pass = await ports.DeadLetters.DiscardAsync(read.Selection, read.Run, request.HttpContext.RequestAborted);
        return TypedResults.Json(DiscardBody.Of(pass), ApiJson.Answers.DiscardBody);
    }

    private static async Task<SelectionResult> ReadAsync(HttpRequest request, DestinationPorts ports, bool mayBeAsOfNow)
    {
        BodyResult body = await ports.Bodies.ReadAsync(request, ports.Settings.Ingest.MaxBodyBytes, signature: null);
        return body.Refusal is { } refusal ? SelectionResult.Refused(refusal) : SelectionBody.Read(body.Bytes.Span, mayBeAsOfNow);
    }
}
