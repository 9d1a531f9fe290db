using Amqp;
using Amqp.Framing;
using Amqp.Types;
using ServiceBusDouble.Faults;

namespace ServiceBusDouble.Wire;

/// <summary>The answer of a management node.</summary>
/// <param name="Status">An HTTP status code.</param>
/// <param name="Error">Why not; null when the request was carried out.</param>
internal sealed record ManagementAnswer(int Status, Map Body, Error? Error = null)
{
    public static ManagementAnswer Done { get; } = new(200, []);

    public static ManagementAnswer NoContent { get; } = new(204, []);

    public static ManagementAnswer NotFound(Error error) => new(404, [], error);

    /// <summary>A lock is gone.</summary>
    public static ManagementAnswer Gone(Error error) => new(410, [], error);

    /// <summary>Refused on a test's wish.</summary>
    public static ManagementAnswer Of(OperationFault fault) =>
        new(fault switch { OperationFault.ServerBusy => 503, OperationFault.LockLost => 410, _ => 401 }, [], WireErrors.OfFault(fault));

    public static ManagementAnswer BadRequest(Error error) => new(400, [], error);

    public static ManagementAnswer With(string key, object? value) => new(200, new Map { [key] = value });

    public Message ToMessage()
    {
        ApplicationProperties properties = new() { ["statusCode"] = Status, ["statusDescription"] = Error?.Description ?? "OK" };
        if (Error is not null)
        {
            properties["errorCondition"] = Error.Condition;
        }

        return new Message { ApplicationProperties = properties, BodySection = new AmqpValue { Value = Body } };
    }
}
