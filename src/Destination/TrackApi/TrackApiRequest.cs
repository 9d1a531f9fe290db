using System.Text;

namespace CustomerIoDestination.TrackApi;

/// <summary>The HTTP methods of the Track API.</summary>
public enum TrackApiMethod
{
    /// <summary>GET.</summary>
    Get,

    /// <summary>POST.</summary>
    Post,

    /// <summary>PUT.</summary>
    Put,

    /// <summary>DELETE.</summary>
    Delete,
}

/// <summary>One call to the Track API as a value: what will be sent, nothing more. The path holds an identifier: never log it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path from the root, percent-encoded, for instance <c>/api/v1/customers/u%40x/events</c>.</param>
/// <param name="Route">The path's template, safe for logs and metrics, for instance <c>/api/v1/customers/{identifier}/events</c>.</param>
/// <param name="Body">The JSON body (UTF-8); empty for none. Lives as long as the mapping scope it was written in.</param>
public sealed record TrackApiRequest(TrackApiMethod Method, string Path, string Route, ReadOnlyMemory<byte> Body)
{
    /// <summary>Equal when method, path and body are, byte for byte.</summary>
    public bool Equals(TrackApiRequest? other) =>
        other is not null && Method == other.Method && Path == other.Path && Body.Span.SequenceEqual(other.Body.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Method, Path, Body.Length);

    /// <summary>The template only: identifiers and bodies stay out of logs.</summary>
    public override string ToString() => $"{Method.ToString().ToUpperInvariant()} {Route} ({Body.Length} bytes)";

    /// <summary>The body as text, for previews and tests.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body.Span);
}
