using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Answers;

/// <summary>An answer whose JSON is written by hand: because it is hot, or because it carries JSON that is there already.</summary>
internal sealed class WrittenAnswer<T>(T value, Action<Utf8JsonWriter, T> write, int status = StatusCodes.Status200OK) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => JsonBody.WriteAsync(httpContext, status, value, write);
}
