using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
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
        return TypedResults.Json(DeadLettersBody.Of(page), ApiJson.Answers.DeadLettersBody);
    }

    public static async Task<IResult> GetAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        DeadLetterDetail? detail = await ports.DeadLetters.FindAsync(PathValue.Last(request), request.HttpContext.RequestAborted);
        return detail is null ? ApiErrors.UnknownDeadLetter : new WrittenAnswer<DeadLetterDetail>(detail, DeadLetterDetailJson.Write);
    }
}
