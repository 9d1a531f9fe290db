using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using TrackApiSandbox.TrackApi;

namespace TrackApiSandbox.Http;

/// <summary>Writes answers to the wire.</summary>
internal static class AnswerWriter
{
    /// <summary>Writes the headers of the whole and the first half of the body.</summary>
    public static async Task WriteHalfAsync(this Answer answer, HttpContext context)
    {
        string retry = answer.RetryAfter is null ? "" : $"Retry-After: {answer.RetryAfter}\r\n";
        byte[] head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {answer.Status} Half\r\nContent-Type: {Answer.JsonContentType}\r\n{retry}Content-Length: {answer.Body.Length}\r\n\r\n"));

        byte[] half = [.. head, .. answer.Body.Span[..(answer.Body.Length / 2)]];

        // Past the server, which buffers, and would drop the buffer with the connection.
        await context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.SendAsync(half, context.RequestAborted);
    }

    /// <summary>Writes the whole.</summary>
    public static Task WriteAsync(this Answer answer, HttpContext context)
    {
        HttpResponse response = context.Response;
        response.StatusCode = answer.Status;
        if (answer.RetryAfter is not null)
        {
            response.Headers.RetryAfter = answer.RetryAfter;
        }

        if (answer.Status is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
        {
            return Task.CompletedTask;
        }

        response.ContentType = Answer.JsonContentType;
        response.ContentLength = answer.Body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted).AsTask();
    }
}
