using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Answers;

/// <summary>An error as every route answers it: a code from a closed set and a message that says what, where and how much, never data of an event.</summary>
internal sealed record ApiError(int Status, string Code, string Message) : IResult
{
    /// <summary>A header that goes with it, for instance <c>Retry-After</c>.</summary>
    public (string Name, string Value)? Header { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (Header is { } header)
        {
            httpContext.Response.Headers[header.Name] = header.Value;
        }

        return JsonBody.WriteAsync(httpContext, Status, this, static (writer, error) =>
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, error.Code);
            writer.WriteString("message"u8, error.Message);
            writer.WriteEndObject();
        });
    }
}
