using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.HttpApi.Contracts;
using CustomerIoDestination.People;
using CustomerIoDestination.TrackApi;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>POST /api/people/forget</c> and <c>DELETE</c> of it: forgets a person, and ends the time in which their events are skipped. No answer holds an identifier.</summary>
internal static class PeopleEndpoint
{
    public static async Task<IResult> ForgetAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        ForgetBody.Reading read = await ReadAsync(request, ports);
        if (read.Person is not { } person)
        {
            return read.Refusal!;
        }

        ForgettingReceipt receipt = await ports.Forgetting.ForgetAsync(person, read.Mode);
        return receipt.Failure switch
        {
            null => TypedResults.Json(ReceiptBody.Of(receipt, person), ApiJson.Answers.ReceiptBody),
            DeliveryOutcome.Rejected refused => ApiErrors.ForgettingRefused(receipt, refused),
            { } failure => ApiErrors.ForgettingNotTold(receipt, failure),
        };
    }

    public static async Task<IResult> LiftAsync(HttpRequest request, Admission admission, DestinationPorts ports)
    {
        ForgetBody.Reading read = await ReadAsync(request, ports);
        if (read.Person is not { } person)
        {
            return read.Refusal!;
        }

        (DateTimeOffset at, int lifted) = await ports.Forgetting.LiftAsync(person);
        return TypedResults.Json(new LiftBody(at, lifted, [.. PassWarning.Of(person)]), ApiJson.Answers.LiftBody);
    }

    private static async Task<ForgetBody.Reading> ReadAsync(HttpRequest request, DestinationPorts ports)
    {
        BodyResult body = await ports.Bodies.ReadAsync(request, ports.Settings.Ingest.MaxBodyBytes, signature: null);
        return body.Refusal is { } refusal
            ? new ForgetBody.Reading(null, default, refusal)
            : ForgetBody.Read(body.Bytes.Span, ports.Settings.Mapping.PlaceholderIdentifiers);
    }
}
