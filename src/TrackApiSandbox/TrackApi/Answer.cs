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
