using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrackApiSandbox.TrackApi;

/// <summary>A status and its JSON body, as the API would give it.</summary>
internal readonly record struct Answer(int Status, ReadOnlyMemory<byte> Body, string? RetryAfter = null)
{
    /// <summary>The items of a batch that it names as refused, or null.</summary>
    public IReadOnlyList<int>? RefusedItems { get; init; }

    /// <summary>Whether it says that the change was made.</summary>
    public bool IsSuccess => Status is >= StatusCodes.Status200OK and < StatusCodes.Status300MultipleChoices;

    public const string JsonContentType = "application/json; charset=utf-8";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Success of every write: an empty object and a newline.</summary>
    public static Answer Accepted { get; } = new(StatusCodes.Status200OK, "{}\n"u8.ToArray());

    /// <summary>The text is documented, its place in the body is not.</summary>
    public static Answer Unauthorized { get; } =
        MetaError(StatusCodes.Status401Unauthorized, "Unauthorized request. Make sure that you provided the right credentials.");

    public static Answer NotFound { get; } = MetaError(StatusCodes.Status404NotFound, "not found");

    public static Answer MethodNotAllowed { get; } = MetaError(StatusCodes.Status405MethodNotAllowed, "method not allowed");

    public static Answer Forbidden { get; } = MetaError(StatusCodes.Status403Forbidden, "the sandbox answers to this machine only");

    public static Answer Json(int status, JsonNode body) => new(status, JsonSerializer.SerializeToUtf8Bytes(body, Readable));

    /// <summary>The v1 form of one error: identify and merge.</summary>
    public static Answer MetaError(int status, string message) =>
        Json(status, new JsonObject { ["meta"] = new JsonObject { ["error"] = message } });

    /// <summary>The v1 form of several errors: events and devices.</summary>
    public static Answer MetaErrors(IEnumerable<Problem> problems)
    {
        var errors = new JsonArray([.. problems.Select(problem => (JsonNode)problem.Message)]);
        return Json(StatusCodes.Status400BadRequest, new JsonObject { ["meta"] = new JsonObject { ["errors"] = errors } });
    }

    /// <summary>The v2 form: 400 for an entity or a whole batch, 207 with an index for items.</summary>
    public static Answer Errors(int status, IReadOnlyList<(int? Index, Problem Problem)> problems) =>
        Json(status, new JsonObject { ["errors"] = new JsonArray([.. problems.Select(entry => ItemError(entry.Index, entry.Problem))]) }) with
        {
            RefusedItems = [.. problems.Select(entry => entry.Index).OfType<int>().Distinct()],
        };

    private static JsonObject ItemError(int? index, Problem problem)
    {
        var error = new JsonObject
        {
            ["reason"] = "invalid",
            ["field"] = problem.Field,
            ["message"] = problem.ItemMessage ?? problem.Message,
        };
        if (index is not null)
        {
            error.Insert(0, "batch_index", index);
        }

        return error;
    }
}

/// <summary>
/// Why a call is invalid. Where a text is documented (https://docs.customer.io/journeys/invalid-api-requests) or was seen in an answer
/// it is that text; the others are the sandbox's own.
/// </summary>
/// <param name="Field">The field, as v2 names it.</param>
/// <param name="Message">The text of v1.</param>
/// <param name="ItemMessage">The text of v2, where it differs.</param>
internal sealed record Problem(string Field, string Message, string? ItemMessage = null)
{
    public static Problem MalformedJson { get; } = new("", "request body must be valid JSON");

    public static Problem BodyNotObject { get; } = new("", "request body must be a JSON object");

    public static Problem BodyTooLarge { get; } = new("", "request body is too large");

    public static Problem MalformedPath { get; } = new("", "path must be percent-encoded UTF-8");

    public static Problem IdMissing { get; } = new("id", "id attribute must be present");

    public static Problem IdNotText { get; } = new("id", "id attribute must be a string value");

    public static Problem IdEmpty { get; } = new("id", "id attribute cannot be an empty string");

    public static Problem IdTooLong { get; } = new("id", $"id attribute cannot be longer than {TrackApiLimits.MaxPersonIdBytes} bytes");

    public static Problem TooManyAttributes { get; } = new("attributes", $"cannot identify more than {TrackApiLimits.MaxAttributes} attributes in one request");

    public static Problem AttributesNotObject { get; } = new("attributes", "attributes must be a JSON object");

    public static Problem EventNameBlank { get; } = new("name", "event name must not be blank");

    public static Problem EventNameTooLong { get; } = new("name", $"event name cannot be longer than {TrackApiLimits.MaxEventNameBytes} bytes");

    public static Problem EventNameTooManyCharacters { get; } = new("name", $"event name must be less than {TrackApiLimits.MaxEventNameCharacters} characters");

    public static Problem EventDataNotObject { get; } = new("attributes", """event data must be a hash (e.g., send "data":{} instead of "data":"")""");

    public static Problem EventDataTooLong { get; } = new("attributes", $"event data cannot be longer than {TrackApiLimits.MaxEventDataBytes} bytes");

    public static Problem DeviceTokenMissing { get; } = new("device.token", "device id must be present", "device token must be present");

    public static Problem DevicePlatformUnknown { get; } = new("device.platform", "device platform must be ios or android");

    public static Problem ItemNotObject { get; } = new("", "item must be a JSON object");

    public static Problem ItemTooLong { get; } = new("", $"item cannot be larger than {TrackApiLimits.MaxItemBytes} bytes");

    public static Problem BatchNotArray { get; } = new("batch", "batch must be an array");

    public static Problem BatchTooLong { get; } = new("batch", $"batch cannot be larger than {TrackApiLimits.MaxBatchBytes} bytes");

    public static Problem UnknownType { get; } = new("type", "type must be person, object or delivery");

    public static Problem UnknownAction { get; } = new("action", "action is not one of this type");

    public static Problem ObjectIdentifiersMissing { get; } = new("identifiers", "object_type_id and object_id must be present");

    public static Problem ObjectIdTooLong { get; } = new("identifiers.object_id", $"object_id cannot be longer than {TrackApiLimits.MaxObjectIdBytes} bytes");

    public static Problem RelationshipsMalformed { get; } = new(
        "cio_relationships",
        "cio_relationships must name an action and relationships with identifiers",
        "cio_relationships must be an array of objects with identifiers");

    public static Problem NotOneIdentifier(string field) => new(field, $"{field} must have exactly one of id, email and cio_id");

    public static Problem AttributeNameTooLong(string attribute) => new(
        $"attributes.{attribute}",
        $"attribute name cannot be longer than {TrackApiLimits.MaxAttributeNameBytes} bytes",
        $"property name cannot be longer than {TrackApiLimits.MaxAttributeNameBytes} bytes");

    public static Problem AttributeValueTooLong(string attribute) => new(
        $"attributes.{attribute}",
        $"value for attribute '{attribute}' cannot be longer than {TrackApiLimits.MaxAttributeValueBytes} bytes",
        $"property value cannot be longer than {TrackApiLimits.MaxAttributeValueBytes} bytes");
}
