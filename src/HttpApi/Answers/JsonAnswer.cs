using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Answers;

/// <summary>200 with a body of a type that has source-generated JSON.</summary>
internal sealed class JsonAnswer<T>(T value, JsonTypeInfo<T> type) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        JsonBody.WriteAsync(httpContext, StatusCodes.Status200OK, (value, type), static (writer, body) => JsonSerializer.Serialize(writer, body.value, body.type));
}
