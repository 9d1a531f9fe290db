using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Answers;

/// <summary>
/// Writes an answer's JSON: in memory first, so that its length is known and nothing half-written leaves when writing fails. The memory
/// is kept for the thread's next answer.
/// </summary>
internal static class JsonBody
{
    private const int InitialBytes = 1024;
    private const int MaxKeptBytes = 64 * 1024;

    // Answers are never part of HTML: what JSON itself does not ask to be escaped stays readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static Buffer? _kept;

    public static async Task WriteAsync<TState>(HttpContext context, int status, TState state, Action<Utf8JsonWriter, TState> write)
    {
        HttpResponse response = context.Response;
        WriteNow(response, status, state, write);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static void WriteNow<TState>(HttpResponse response, int status, TState state, Action<Utf8JsonWriter, TState> write)
    {
        Buffer buffer = _kept ?? new Buffer();
        _kept = null;
        buffer.Writer.Reset(buffer.Bytes);
        write(buffer.Writer, state);
        buffer.Writer.Flush();

        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.Bytes.WrittenCount;
        response.BodyWriter.Write(buffer.Bytes.WrittenSpan);

        // Clears what was written: an answer may hold an event.
        buffer.Bytes.Clear();
        if (buffer.Bytes.Capacity <= MaxKeptBytes)
        {
            _kept = buffer;
        }
    }

    private sealed class Buffer
    {
        public Buffer() => Writer = new Utf8JsonWriter(Bytes, Options);

        public ArrayBufferWriter<byte> Bytes { get; } = new(InitialBytes);

        public Utf8JsonWriter Writer { get; }
    }
}

/// <summary>An answer whose JSON is written by hand: because it is hot, or because it carries JSON that is there already.</summary>
internal sealed class WrittenAnswer<T>(T value, Action<Utf8JsonWriter, T> write, int status = StatusCodes.Status200OK) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => JsonBody.WriteAsync(httpContext, status, value, write);
}
